import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { exitCode } from '../../service/errors.js';
import { rightIceUrls, wrongIceUrls } from '../../tracker/testing/ice-url-cases.js';
import { TestViewer } from '../../tracker/testing/test-viewer.js';
import { launchChromium } from '../../lab/browser/index.js';
import { eventually } from './testing/ingest-support.js';
import { goodSettings, startService, type StartedService } from './testing/service-starts.js';
import { sharedStack } from './testing/stack.js';

/** Chromium's, where `thrownBy` runs. */
declare const RTCPeerConnection: new (configuration: object) => { close(): void };

/** What a page gives to RTCPeerConnection. */
type Servers = readonly { urls: readonly string[]; username?: string; credential?: string }[];

const fixed = { VIBLAST_TURN_USERNAME: 'viewer', VIBLAST_TURN_PASSWORD: 'open sesame' };
const limited = { VIBLAST_TURN_SECRET: 'shared with coturn' };
const settings = {
  VIBLAST_ICE_SERVERS: rightIceUrls.join(','),
  VIBLAST_NODE_NAME: `ice-${process.pid}`,
};
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
  page = await browser.newPage();
}, 60_000);

afterAll(async () => browser.close());

/** What Chromium throws; undefined where it takes them. */
function thrownBy(iceServers: Servers): Promise<string | undefined> {
  return page.evaluate((servers) => {
    try {
      new RTCPeerConnection({ iceServers: servers }).close();
      return undefined;
    } catch (error) {
      return String(error);
    }
  }, iceServers);
}

function startTracker(
  changed: Readonly<Record<string, string>>,
  args?: readonly string[],
): StartedService {
  const { kafka } = sharedStack();
  const needed = { brokers: kafka.brokers, clickhouse: '', graphite: '', render: '' };
  return startService('tracker', { ...goodSettings('tracker', needed), ...changed }, args);
}

/** The `iceServers` of a tracker's welcome, and all that it logged. */
async function welcomed(changed: Readonly<Record<string, string>>) {
  const { child, log, ended } = startTracker({ ...settings, ...changed });
  const listening = /"address":"([^"]+)"[^\n]*"msg":"listening to viewers"/;
  await eventually('it listens', () => Promise.resolve(listening.test(log())));
  const address = (listening.exec(log())?.[1] ?? '').replace('0.0.0.0', '127.0.0.1');
  const viewer = await TestViewer.join(`ws://${address}/`, 'arena-main');
  const { iceServers } = await viewer.next('welcome');
  viewer.end();
  child.kill('SIGTERM');
  await ended;
  return { iceServers, log: log() };
}

describe("what a tracker's welcome says of ICE servers", () => {
  it.each([
    ['fixed', fixed],
    ['time-limited', limited],
  ])(
    'is taken by Chromium, with %s credentials, and no secret is logged',
    async (_kind, credentials) => {
      const { iceServers, log } = await welcomed(credentials);
      expect(iceServers.flatMap(({ urls }) => urls)).toEqual([...rightIceUrls]);
      expect(await thrownBy(iceServers)).toBeUndefined();
      for (const server of iceServers) expect(await thrownBy([server])).toBeUndefined();
      expect(log).not.toMatch(/sesame|with coturn/);
    },
    60_000,
  );

  it('is never what Chromium throws at: the start refuses that', async () => {
    for (const url of wrongIceUrls) {
      const server = { urls: [url], username: 'viewer', credential: 'open sesame' };
      expect([url, await thrownBy([server])]).toEqual([url, expect.stringContaining('Error')]);
    }
    expect(await thrownBy([{ urls: ['turn:turn.example'] }])).toContain('InvalidAccessError');
  });

  it.each<[why: string, changed: Record<string, string>, named: string]>([
    ['a relay without credentials', {}, 'ice_servers'],
    ['a query of stun:', { ...fixed, VIBLAST_ICE_SERVERS: 'stun:a?transport=udp' }, 'ice_servers'],
    ['both kinds of credentials', { ...fixed, ...limited }, 'turn_secret'],
  ])(
    'cannot have %s: one line names the setting',
    async (_why, changed, named) => {
      const { code, errors } = await startTracker({ ...settings, ...changed }).ended;
      expect(errors.split('\n')).toHaveLength(1);
      expect(errors).toContain(`setting "${named}"`);
      expect(errors).not.toMatch(/sesame|with coturn/);
      expect(code).toBe(exitCode.configuration);
    },
    30_000,
  );

  it('is printed with its secrets masked', async () => {
    const { log, ended } = startTracker({ ...settings, ...fixed }, ['--print-config']);
    expect((await ended).code).toBe(exitCode.ok);
    expect(JSON.parse(log())).toMatchObject({ turn_username: 'viewer', turn_password: '***' });
  }, 30_000);
});
