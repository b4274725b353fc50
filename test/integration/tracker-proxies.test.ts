import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { findCommand } from '../../lab/stack/install/run-command.js';
import type { ManagedProcess } from '../../lab/stack/process/managed-process.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import type { ProbeResult } from '../../lab/stack/process/wait-until.js';
import {
  startTestTracker,
  type TestTracker,
  type TestTrackerOptions,
} from '../../tracker/testing/start-test-tracker.js';
import { TestViewer } from '../../tracker/testing/test-viewer.js';

const supervisor = new Supervisor();
let started = 0;
let tracker: TestTracker;
let haproxy: ManagedProcess;
let viewersPort: number;

afterEach(async () => {
  await haproxy.stop();
  await tracker.stop();
});

afterAll(() => supervisor.close());

/** By HAProxy's own statistics: a health check by HTTP was answered with 200. */
async function passedItsCheck(statisticsPort: number): Promise<ProbeResult> {
  const response = await fetch(`http://127.0.0.1:${statisticsPort}/;csv`);
  const row = /^trackers,tracker,.*$/m.exec(await response.text())?.[0] ?? '';
  return row.includes(',L7OK,') ? true : `no check has passed: ${row}`;
}

/** HAProxy in front of one tracker; resolves when its health check finds the tracker up. */
async function startBehind(
  mode: 'http' | 'tcp',
  lines: { readonly frontend?: string; readonly server: string },
  options: TestTrackerOptions,
): Promise<void> {
  tracker = await startTestTracker({ trustedProxies: ['127.0.0.1'], ...options });
  viewersPort = await supervisor.ports.reserve();
  const statisticsPort = await supervisor.ports.reserve();
  started += 1;
  const folder = join(supervisor.folder, `proxy-${started}`);
  const file = join(folder, 'haproxy.cfg');
  mkdirSync(folder, { recursive: true });
  const text = `
defaults
    mode ${mode}
    timeout connect 5s
    timeout check 5s
    timeout client 10s
    timeout server 10s
    timeout tunnel 1h
frontend viewers
    bind 127.0.0.1:${viewersPort}
    ${lines.frontend ?? ''}
    default_backend trackers
listen statistics
    mode http
    bind 127.0.0.1:${statisticsPort}
    stats enable
    stats uri /
backend trackers
    option httpchk GET /health
    default-server inter 500ms fall 10 rise 1
    server tracker ${tracker.server.address} check ${lines.server}
`;
  haproxy = await supervisor.run({
    name: `haproxy-${started}`,
    command: findCommand('haproxy') ?? 'haproxy',
    args: ['-W', '-f', file],
    prepare: () => writeFileSync(file, text),
    isReady: () => passedItsCheck(statisticsPort),
  });
}

/**
 * The status of refused ones among so many viewers of each address; all stay until the end. `told`:
 * what each says itself of its address.
 */
async function statuses(
  addresses: readonly string[],
  told: (index: number) => Record<string, string> = () => ({}),
): Promise<(number | undefined)[]> {
  const viewers: TestViewer[] = [];
  for (const [index, localAddress] of addresses.entries()) {
    const url = `ws://127.0.0.1:${viewersPort}/`;
    viewers.push(
      await TestViewer.connect(url, 'viblast.v1', { localAddress, headers: told(index) }),
    );
  }
  const found = viewers.map(({ upgradeStatus }) => upgradeStatus);
  for (const viewer of viewers) viewer.end();
  return found;
}

const threeOfTwo = ['127.0.0.2', '127.0.0.3', '127.0.0.2', '127.0.0.2'];
const thirdIsRefused = [undefined, undefined, undefined, 429];

describe('a tracker behind HAProxy', () => {
  it.each([
    ['X-Forwarded-For', 'option forwardfor'],
    ['Forwarded', 'http-request add-header Forwarded proto=http;for=%[src]'],
    ['Forwarded with a port', 'http-request add-header Forwarded for=\\"%[src]:%[src_port]\\"'],
  ])(
    'counts viewers by their own addresses, told in %s',
    async (_header, frontend) => {
      await startBehind('http', { frontend, server: '' }, { socketsPerAddressMax: 2 });
      expect(await statuses(threeOfTwo)).toEqual(thirdIsRefused);
    },
    60_000,
  );

  it.each(['haproxy/haproxy.cfg', 'kubernetes/base/haproxy.cfg', 'compose/haproxy.cfg'])(
    'counts them so as shipped in %s, whatever they say from a network of trusted proxies',
    async (file) => {
      const lines = readFileSync(join('deploy', file), 'utf8').split('\n');
      const end = lines.indexOf('    option forwardfor') + 1;
      const begin = lines.findLastIndex((line, at) => at < end && !/^ {4}(#|http-|opt)/.test(line));
      const frontend = lines
        .slice(begin + 1, end)
        .join('\n')
        .trim();
      const options = { socketsPerAddressMax: 2, trustedProxies: ['127.0.0.0/8'] };
      await startBehind('http', { frontend, server: '' }, options);
      const made = (index: number) => ({
        'X-Forwarded-For': `198.51.100.${index}`,
        Forwarded: `for=198.51.100.${index}`,
      });
      expect(await statuses(threeOfTwo, made)).toEqual(thirdIsRefused);
    },
    60_000,
  );

  it.each([
    ['1, TCP', 'tcp', 'send-proxy'],
    ['2, TCP', 'tcp', 'send-proxy-v2'],
    ['2 with what TLS adds, TCP', 'tcp', 'send-proxy-v2-ssl-cn'],
    ['2, HTTP', 'http', 'send-proxy-v2'],
  ] as const)(
    'counts them so by the PROXY protocol, version %s, and answers its checks',
    async (_version, mode, server) => {
      await startBehind(mode, { server }, { socketsPerAddressMax: 2, usesProxyProtocol: true });
      expect(await statuses(threeOfTwo)).toEqual(thirdIsRefused);
    },
    60_000,
  );
});
