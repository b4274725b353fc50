import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { proxyV1, proxyV2 } from '../testing/proxy-headers.js';
import { RawConnection } from '../testing/raw-connection.js';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { TestViewer, until } from '../testing/test-viewer.js';
import type { ProxyHeader } from './forwarded-hops.js';

describe('the port of a tracker', () => {
  let tracker: TestTracker;
  beforeEach(async () => {
    tracker = await startTestTracker();
  });
  afterEach(async () => {
    expect(tracker.internalErrors).toEqual([]);
    await tracker.stop();
  });

  it('closes a socket that asks for no dialect of ours cleanly', async () => {
    const headers = { 'sec-websocket-protocol': 'another.v1' };
    const viewer = await TestViewer.connect(tracker.url, [], { headers });
    expect(await viewer.closed()).toBe(1002);
    expect(viewer.closeReason).toMatch(/unsupported/);
    expect(await tracker.registry.metrics()).toContain(
      'sockets_refused_total{reason="subprotocol"} 1',
    );
  });

  it('answers health by its readiness, and other requests with 404 or 426', async () => {
    const status = async (path: string): Promise<number> =>
      (await fetch(tracker.http + path)).status;
    expect(await status('/health')).toBe(200);
    tracker.isReady = false;
    expect(await status('/health')).toBe(503);
    expect(await status('/')).toBe(426);
    expect(await status('/metrics')).toBe(404);
    expect((await fetch(`${tracker.http}/`, { method: 'HEAD' })).status).toBe(426);
  });

  it('answers who offers another protocol than WebSocket as if it didn’t', async () => {
    const headers = { connection: 'upgrade, http2-settings', upgrade: 'h2c', 'http2-settings': '' };
    const status = async (path: string, method = 'GET'): Promise<number | undefined> => {
      const asked = request(tracker.http + path, { headers, method }).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.resume();
      await once(answer, 'close');
      return answer.statusCode;
    };
    expect(await status('/health')).toBe(200);
    expect(await status('/health', 'HEAD')).toBe(200);
    expect(await status('/')).toBe(426);
    expect(await status('/beacon', 'POST')).toBe(405);
  });

  it('takes no new viewers while it is told so, keeps those it has, and closes with 1001', async () => {
    const viewer = await TestViewer.join(tracker.url, 'arena');
    tracker.server.stopAccepting();
    const late = await TestViewer.connect(tracker.url);
    expect(late.upgradeStatus).toBe(503);
    viewer.announce([{ number: 0, time: Date.now() }]);
    await viewer.next('acknowledged');
    tracker.server.acceptAgain();
    const again = await TestViewer.join(tracker.url, 'arena');
    await tracker.server.close();
    expect([await viewer.closed(), await again.closed()]).toEqual([1001, 1001]);
  });
});

describe('the bounds of a port', () => {
  it('takes so many sockets over all and of one address', async () => {
    const tracker = await startTestTracker({ socketsMax: 3, socketsPerAddressMax: 2 });
    const from = (address: string): Promise<TestViewer> =>
      TestViewer.connect(tracker.url, 'viblast.v1', { headers: { 'x-forwarded-for': address } });
    const taken = [await from('198.51.100.1'), await from('198.51.100.1')];
    expect((await from('198.51.100.1')).upgradeStatus).toBe(429);
    taken.push(await from('198.51.100.2'));
    expect((await from('198.51.100.3')).upgradeStatus).toBe(503);
    for (const viewer of taken) viewer.end();
    await until(() => tracker.server.socketCount === 0, 'all are gone');
    const again = await from('198.51.100.1');
    expect(again.upgradeStatus).toBeUndefined();
    again.end();
    await tracker.stop();
  });

  it('names the check that refuses, in the metrics each time and in the log once', async () => {
    const logged: [level: string, fields: object][] = [];
    const told = (level: string) => (fields: object) => void logged.push([level, fields]);
    const logger = { ...silentLogger, info: told('info'), warn: told('warn') };
    const tracker = await startTestTracker({ socketsMax: 1, socketsPerAddressMax: 1, logger });
    const viewer = await TestViewer.join(tracker.url, 'arena');
    const refused = async (): Promise<number | undefined> =>
      (await TestViewer.connect(tracker.url)).upgradeStatus;
    expect([await refused(), await refused()]).toEqual([503, 503]);
    tracker.server.stopAccepting();
    expect(await refused()).toBe(503);
    expect(logged).toEqual([
      ['warn', { check: 'sockets_max', heldBack: 0 }],
      ['info', { check: 'stopping', heldBack: 0 }],
    ]);
    const metrics = await tracker.registry.metrics();
    expect(metrics).toContain('sockets_refused_total{reason="sockets_max"} 2');
    expect(metrics).toContain('sockets_refused_total{reason="stopping"} 1');
    viewer.end();
    await tracker.stop();
  });

  /** A tracker that lets two sockets of an address in, and what it warned of. */
  async function startWarned(
    trusted: readonly string[],
    proxyHeader: ProxyHeader = 'either',
    usesProxyProtocol = false,
  ) {
    const warnings: { fields: object; message: string }[] = [];
    const tracker = await startTestTracker({
      socketsPerAddressMax: 2,
      trustedProxies: trusted,
      proxyHeader,
      usesProxyProtocol,
      logger: { ...silentLogger, warn: (fields, message) => warnings.push({ fields, message }) },
    });
    const statuses = async (headers: readonly Record<string, string>[]) => {
      const viewers: TestViewer[] = [];
      for (const one of headers) {
        viewers.push(await TestViewer.connect(tracker.url, 'viblast.v1', { headers: one }));
      }
      for (const viewer of viewers) viewer.end();
      return viewers.map(({ upgradeStatus }) => upgradeStatus);
    };
    return { tracker, warnings, statuses };
  }

  it('counts viewers by their own addresses, however their proxy writes them', async () => {
    const { tracker, warnings, statuses } = await startWarned(['127.0.0.1']);
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const different = ['203.0.113.7:4711', '"[2001:db8::1]:80"', '[2001:db8:0:1::1]:81', '::1'];
    const forwarded = { forwarded: 'for="[2001:db8:0:2::1]:80"' };
    const others = [...different.map(from), forwarded];
    expect(await statuses(others)).toEqual(Array(5).fill(undefined));
    const same = ['203.0.113.7:1', '203.0.113.7:2', '203.0.113.7'];
    expect(await statuses(same.map(from))).toEqual([undefined, undefined, 429]);
    const ofOneNetwork = ['[2001:DB8::1]:1', '2001:db8::2', '2001:db8:0:0:ffff::3'];
    expect(await statuses(ofOneNetwork.map(from))).toEqual([undefined, undefined, 429]);
    expect(warnings).toHaveLength(1);
    await tracker.stop();
  });

  it('warns of a proxy that is not trusted, once, and counts what comes by way of it', async () => {
    const { tracker, warnings, statuses } = await startWarned(['10.0.0.5']);
    const headers = ['1.1.1.1', '1.1.1.2', '1.1.1.3'].map((one) => ({ 'x-forwarded-for': one }));
    expect(await statuses(headers)).toEqual([undefined, undefined, 429]);
    const [first, second] = warnings;
    expect(first?.fields).toMatchObject({ proxy: '127.0.0.1' });
    expect(first?.message).toContain('trusted_proxies');
    expect(second?.fields).toMatchObject({ hint: expect.stringContaining('trusted_proxies') });
    expect(await statuses(headers)).toEqual([undefined, undefined, 429]);
    expect(warnings).toHaveLength(2);
    const metrics = await tracker.registry.metrics();
    expect(metrics).toMatch(/^viblast_tracker_untrusted_forwarding_total 6$/m);
    await tracker.stop();
  });

  it('lets nobody choose its address by a header that its proxy does not write', async () => {
    const { tracker, statuses } = await startWarned(['127.0.0.1']);
    const honest = { forwarded: 'for=203.0.113.7' };
    expect(await statuses([honest])).toEqual([undefined]);
    const made = ['1.1.1.1', '1.1.1.2', '1.1.1.3'].map((one) => ({
      ...honest,
      'x-forwarded-for': one,
    }));
    expect(await statuses(made)).toEqual([undefined, undefined, 429]);
    await tracker.stop();
  });

  it.each([
    ['comes from a stranger', { trusted: ['10.0.0.5'] as string[] }, 'trusted_proxies'],
    ['begins without a PROXY header', { trusted: ['127.0.0.1'] as string[] }, 'proxy_protocol'],
  ])('says why a connection is ended that %s', async (_what, { trusted }, setting) => {
    const { tracker, warnings } = await startWarned(trusted, 'either', true);
    for (let count = 0; count < 2; count += 1) await TestViewer.connect(tracker.url);
    expect(warnings).toEqual([
      {
        fields: { address: '127.0.0.1', heldBack: 0, hint: expect.stringContaining(setting) },
        message: expect.stringContaining('PROXY'),
      },
    ]);
    await tracker.stop();
  });

  it.each([
    ['1', proxyV1('203.0.113.7')],
    ['2', proxyV2('203.0.113.7')],
  ])('says of a PROXY header of version %s that nobody expects it', async (_version, header) => {
    const { tracker, warnings } = await startWarned(['127.0.0.1']);
    const raw = new RawConnection(tracker.server.address);
    raw.socket.write(header);
    await until(() => raw.hasEnded, 'it is ended');
    expect(raw.received).toMatch(/^HTTP\/1.1 400 /);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('set proxy_protocol to true'),
    ]);
    raw.socket.destroy();
    await tracker.stop();
  });

  it('says why all are one address where a trusted proxy tells none', async () => {
    const { tracker, warnings, statuses } = await startWarned(['127.0.0.1'], 'forwarded');
    const headers = ['1.1.1.1', '1.1.1.2', '1.1.1.3'].map((one) => ({ 'x-forwarded-for': one }));
    expect(await statuses(headers)).toEqual([undefined, undefined, 429]);
    expect(warnings.map(({ fields }) => fields)).toEqual([
      { proxy: '127.0.0.1', heldBack: 0 },
      {
        check: 'sockets_per_address_max',
        address: '127.0.0.1',
        heldBack: 0,
        hint: expect.stringContaining('proxy_header'),
      },
    ]);
    await tracker.stop();
  });
});
