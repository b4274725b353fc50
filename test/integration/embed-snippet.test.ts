import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Route } from 'playwright-core';
import { clientsFolder } from '../../lab/clients/published.js';
import { installPublishedClients } from '../../lab/stack/install/published-clients.js';
import { embedSnippet } from '../../portal-api/embed-snippet.js';
import { boundAddress, listen } from '../../service/admin-server.js';
import { launchChromium } from '../../lab/browser/index.js';
import { waitFor } from './testing/portal-support.js';
import { sharedStack } from './testing/stack.js';

const { portal, trackers } = sharedStack();
const [tracker = { ws: '', admin: '' }] = trackers;
const key = `pasted.page:${process.pid}`;
const title = '</script><b>"Aréna"';
const scripts = /^https:\/\/cdn\.jsdelivr\.net\/npm\/([^@]+)@(\d+)\/dist\/([\w.-]+)$/;
const installedNames: Readonly<Record<string, string>> = {
  'hls.js@1': 'hls.js-1',
  'p2p-media-loader-core@2': 'p2p-media-loader-core-2.3',
  'p2p-media-loader-hlsjs@2': 'p2p-media-loader-hlsjs-2.3',
};
const html = embedSnippet({ key, title, tokenKeys: [] }, { trackerUrl: tracker.ws });
const playlist = `#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:4
#EXT-X-PLAYLIST-TYPE:VOD
${[0, 1, 2].map((index) => `#EXTINF:4,\n${index}.ts`).join('\n')}
#EXT-X-ENDLIST
`;

async function api(path: string, init: RequestInit = {}): Promise<unknown> {
  const headers = {
    authorization: `Bearer ${portal.token}`,
    'content-type': 'application/json',
  };
  const response = await fetch(`${portal.url}/api/v1${path}`, { ...init, headers });
  expect(response.ok).toBe(true);
  return response.json();
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

describe('the snippet of a stream', () => {
  let browser: Browser;
  let pages: Server;

  beforeAll(async () => {
    await installPublishedClients((line) => console.error(line));
    browser = await launchChromium();
    pages = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
    });
    await listen(pages, '127.0.0.1', 0);
  }, 300_000);

  afterAll(async () => {
    await browser.close();
    pages.close();
  });

  it('works as it is pasted: its viewer is in the swarm, and counted', async () => {
    const body = JSON.stringify({ key, title, countPlainSockets: true });
    await api('/streams', { method: 'POST', body });
    // Clients that are refused stay away for minutes.
    const created = await readUpTo(portal.admin);
    await waitFor(async () => ((await readUpTo(tracker.admin)) >= created ? true : undefined));
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.route(/^https:/, answer);
    await page.goto(`http://${boundAddress(pages)}`);
    expect(await page.locator('video').getAttribute('title')).toBe(title);
    const path = `/streams/${encodeURIComponent(key)}/metrics`;
    await waitFor(async () => {
      const { series } = (await api(path)) as { readonly series: { readonly viewers: unknown[] } };
      return series.viewers.includes(1) ? true : undefined;
    });
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);
});
