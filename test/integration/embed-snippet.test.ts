import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import type { Browser, Route } from 'playwright-core';
import { clientsFolder } from '../../lab/clients/published.js';
import { installPublishedClients } from '../../lab/stack/install/published-clients.js';
import { embedSnippet } from '../../portal-api/embed-snippet.js';
import { boundAddress, listen } from '../../service/admin-server.js';
import { launchChromium } from '../../lab/browser/index.js';
import { newSession } from '../../tracker/testing/test-viewer.js';
import { askApi, createStream, openPortal } from './testing/portal-browser.js';
import { waitFor } from './testing/portal-support.js';
import { sharedStack } from './testing/stack.js';

const { portal, trackers } = sharedStack();
const [tracker = { ws: '', admin: '' }] = trackers;
const title = '</script><b>"Aréna"';
const scripts = /^https:\/\/cdn\.jsdelivr\.net\/npm\/([^@]+)@(\d+)\/dist\/([\w.-]+)$/;
const installedNames: Readonly<Record<string, string>> = {
  'hls.js@1': 'hls.js-1',
  'p2p-media-loader-core@2': 'p2p-media-loader-core-2.3',
  'p2p-media-loader-hlsjs@2': 'p2p-media-loader-hlsjs-2.3',
};
const playlist = `#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:4
#EXT-X-PLAYLIST-TYPE:VOD
${[0, 1, 2].map((index) => `#EXTINF:4,\n${index}.ts`).join('\n')}
#EXT-X-ENDLIST
`;

const tokenKey = { kid: 'spring', secret: randomBytes(32).toString('base64url') };
const streams = [
  { kind: 'without token keys', key: `pasted.page:${process.pid}`, tokenKeys: [] },
  { kind: 'with token keys', key: `pasted.token:${process.pid}`, tokenKeys: [tokenKey] },
];

/** What a publisher's server answers the snippet, of each stream. */
async function joinToken(stream: string): Promise<string> {
  const session = newSession();
  const token = await new SignJWT({ stream, session })
    .setProtectedHeader({ alg: 'HS256', kid: tokenKey.kid })
    .setExpirationTime('5 min')
    .sign(Buffer.from(tokenKey.secret, 'base64url'));
  return JSON.stringify({ session, token });
}

/** How far a process has read the registry's log. */
async function readUpTo(admin: string): Promise<number> {
  const response = await fetch(`http://${admin}/registry`);
  return ((await response.json()) as { readonly nextOffset: number }).nextOffset;
}

/** The page's media, and published scripts in place of the CDN's. */
async function answer(route: Route): Promise<void> {
  const url = route.request().url();
  const headers = { 'access-control-allow-origin': '*' };
  const [, name, version, file] = scripts.exec(url) ?? [];
  const installed = installedNames[`${name}@${version}`];
  if (installed !== undefined && file !== undefined) {
    const path = join(clientsFolder, 'node_modules', installed, 'dist', file);
    await route.fulfill({ path, headers, contentType: 'text/javascript' });
  } else if (url === 'https://cdn.example.com/stream.m3u8') {
    await route.fulfill({ body: playlist, headers, contentType: 'application/vnd.apple.mpegurl' });
  } else if (/^https:\/\/cdn\.example\.com\/\d\.ts$/.test(url)) {
    // One packet of an empty transport stream again and again: loaded, and nothing to be seen.
    const packet = Buffer.concat([Buffer.from([0x47, 0x1f, 0xff, 0x10]), Buffer.alloc(184, 0xff)]);
    await route.fulfill({ body: Buffer.concat(Array<Buffer>(200).fill(packet)), headers });
  } else {
    await route.abort();
  }
}

/** As an editor who reads on the page why the snippet's viewers would never appear. */
async function countViewers(browser: Browser, key: string): Promise<void> {
  const path = `/streams/${encodeURIComponent(key)}/settings`;
  const { page, complaints, close } = await openPortal(browser, portal, path);
  const notice = page.getByText("Viewers of this snippet aren't counted");
  await notice.waitFor();
  await page.getByRole('button', { name: 'Count them' }).click();
  await notice.waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
  await close();
}

describe('the snippet of a stream', () => {
  let browser: Browser;

  beforeAll(async () => {
    await installPublishedClients((line) => console.error(line));
    browser = await launchChromium();
  }, 300_000);

  afterAll(() => browser.close());

  async function publish(key: string, html: string): Promise<Server> {
    const pages = createServer((request, response) => {
      if (request.url !== '/join-token') {
        response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
        return;
      }
      void joinToken(key).then((text) => response.end(text));
    });
    await listen(pages, '127.0.0.1', 0);
    return pages;
  }

  it.each(streams)(
    'works as it is pasted, of a stream $kind: its viewer is in the swarm, and counted',
    async ({ key, tokenKeys }) => {
      await createStream(portal, { key, title, tokenKeys });
      await countViewers(browser, key);
      // Clients that are refused stay away for minutes.
      const changed = await readUpTo(portal.admin);
      await waitFor(async () => ((await readUpTo(tracker.admin)) >= changed ? true : undefined));
      const html = embedSnippet({ key, title, tokenKeys }, { trackerUrl: tracker.ws });
      const pages = await publish(key, html);
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.route(/^https:/, answer);
      await page.goto(`http://${boundAddress(pages)}`);
      expect(await page.locator('video').getAttribute('title')).toBe(title);
      const path = `/streams/${encodeURIComponent(key)}/metrics`;
      await waitFor(async () => {
        const figures = (await (await askApi(portal, 'GET', path)).json()) as {
          readonly series: { readonly viewers: unknown[] };
        };
        return figures.series.viewers.includes(1) ? true : undefined;
      });
      expect(complaints).toEqual([]);
      await page.close();
      pages.close();
    },
    180_000,
  );
});
