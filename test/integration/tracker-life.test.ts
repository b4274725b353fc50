import { spawn } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TrackerProcess } from '../../lab/stack/index.js';
import { exitCode } from '../../service/errors.js';
import { packageRoot } from '../../service/package-root.js';
import {
  firstCertificate,
  secondCertificate,
  type TestCertificate,
} from '../../tracker/testing/certificates.js';
import { newSession, TestViewer, until } from '../../tracker/testing/test-viewer.js';
import { trackersBehindHaproxy, workersOf, type BehindHaproxy } from './testing/haproxy-support.js';
import { eventually, metricOf } from './testing/ingest-support.js';
import { PlainViewers } from './testing/plain-viewers.js';
import { extraServices, type ExtraServices } from './testing/stack.js';
import { within } from './testing/within.js';

/** `npm run test:life` has them all; beside every other suite fewer show the same. */
const isLong = process.env['VIBLAST_TEST_LIFE'] === 'long';
const drainedCount = isLong ? 2_000 : 500;
/** Two cores bring some 400 a second back, their side of it included. */
const keptCount = isLong ? 1_000 : 300;
const reloadedCount = isLong ? 1_000 : 300;

let extra: ExtraServices;
let audiences: PlainViewers[] = [];
beforeEach(() => {
  extra = extraServices();
});
afterEach(async () => {
  for (const viewers of audiences) viewers.keep(0);
  audiences = [];
  await extra.close();
}, 60_000);

function viewersOf({ haproxy }: BehindHaproxy): PlainViewers {
  const viewers = new PlainViewers(haproxy.ws);
  audiences.push(viewers);
  return viewers;
}

async function drain({ admin }: TrackerProcess, method: string): Promise<unknown> {
  return (await fetch(`http://${admin}/drain`, { method })).json();
}

/** By HAProxy's own word. */
async function statusOf({ haproxy }: BehindHaproxy, { name }: TrackerProcess): Promise<string> {
  return (await haproxy.statistics()).find((line) => line.name === name)?.status ?? 'missing';
}

async function loggedBy(
  tracker: TrackerProcess,
  message: string,
): Promise<Record<string, unknown>> {
  const line = (): string | undefined =>
    readFileSync(tracker.logFile, 'utf8')
      .split('\n')
      .find((text) => text.includes(`"msg":"${message}"`));
  await until(() => line() !== undefined, `it logs "${message}"`);
  return JSON.parse(line() ?? '{}') as Record<string, unknown>;
}

describe('trackers behind HAProxy', () => {
  it(`hand ${drainedCount} viewers over when one stops, and lose none when the other is killed`, async () => {
    // Slower than by default, since other suites have the machine beside it.
    const behind = await trackersBehindHaproxy(extra, { settings: { drain_seconds: 25 } });
    const [first, second] = behind.trackers;
    const isShown = (tracker: TrackerProcess, status: string) => async () =>
      (await statusOf(behind, tracker)).startsWith(status);
    const viewers = viewersOf(behind);
    await drain(second, 'POST');
    await until(isShown(second, 'DRAIN'), 'all go to the first');
    await viewers.add(drainedCount);
    await drain(second, 'DELETE');
    await until(isShown(second, 'UP'), 'the second takes viewers');
    const before = structuredClone(viewers.sums);

    first.kill('SIGTERM');
    await until(isShown(first, 'DRAIN'), 'it shows drain');
    expect(await first.exited).toBe(0);
    expect(await loggedBy(first, 'drained')).toMatchObject({ told: drainedCount, left: 0 });
    await viewers.allJoined();
    expect(viewers.sums).toEqual({ ...before, moved: drainedCount });
    await viewers.settle();
    expect(viewers.announced).toBeGreaterThan(2 * drainedCount);

    viewers.keep(keptCount);
    await first.start();
    await until(isShown(first, 'UP'), 'it is up again');
    second.kill('SIGKILL');
    const killedMs = Date.now();
    await until(() => viewers.joined === 0, 'the killed one is missed');
    await viewers.allJoined();
    expect(Date.now() - killedMs).toBeLessThan(within(5_000));
    expect(await metricOf(first.admin, 'viblast_tracker_sockets')).toBe(keptCount);
  }, 180_000);

  it(`are reloaded 20 times under ${reloadedCount} viewers, and no old worker stays`, async () => {
    const behind = await trackersBehindHaproxy(extra);
    const { pid } = behind.haproxy.process;
    const viewers = viewersOf(behind);
    await viewers.add(reloadedCount);
    const alone = workersOf(pid)[0]?.residentBytes ?? 0;
    const seen = new Set<number>();
    const most = { workers: 0, bytes: 0 };
    const look = (): readonly unknown[] => {
      const workers = workersOf(pid);
      for (const worker of workers) seen.add(worker.pid);
      const bytes = workers.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
      most.workers = Math.max(most.workers, workers.length);
      most.bytes = Math.max(most.bytes, bytes);
      return workers;
    };
    look();
    for (let count = 0; count < 20; count += 1) {
      const known = seen.size;
      let signalledMs = 0;
      await eventually('a new worker is there', () => {
        if (Date.now() - signalledMs > 1_500) {
          // Again, since a master that is still reloading misses it.
          process.kill(pid, 'SIGUSR2');
          signalledMs = Date.now();
        }
        return Promise.resolve(look().length > 0 && seen.size > known);
      });
    }
    // By hard-stop-after, 60 s, at the latest.
    await eventually(
      'the old workers have ended',
      () => Promise.resolve(look().length === 1),
      90_000,
    );
    // The newest, three that a reload leaves, and those that are just ending.
    expect(most.workers).toBeLessThanOrEqual(6);
    expect(most.bytes).toBeLessThan(7 * alone);
    await viewers.allJoined();
    await viewers.settle();
    expect(viewers.sums).toMatchObject({ errors: 0, refused: [] });
  }, 180_000);

  it('turn nobody away while all of them are busy, for a second or for many', async () => {
    const behind = await trackersBehindHaproxy(extra);
    const statuses = () => Promise.all(behind.trackers.map((one) => statusOf(behind, one)));
    const freeze = async (whileFrozen: () => Promise<void>): Promise<void> => {
      for (const tracker of behind.trackers) process.kill(tracker.pid, 'SIGSTOP');
      await whileFrozen();
      for (const tracker of behind.trackers) process.kill(tracker.pid, 'SIGCONT');
    };
    await freeze(async () => {
      const untilMs = Date.now() + 1_000;
      while (Date.now() < untilMs) {
        // Such as "UP 1/2".
        for (const status of await statuses()) expect(status).toMatch(/^UP/);
      }
    });
    let late: Promise<TestViewer> | undefined;
    await freeze(async () => {
      await until(
        async () => (await statuses()).every((one) => one.startsWith('DOWN')),
        'both seem to be gone',
      );
      late = TestViewer.join(behind.haproxy.ws, 'arena-main');
      await until(
        async () =>
          (await behind.haproxy.statistics()).some(
            ({ name, sockets }) => name.endsWith('-anyway') && sockets > 0,
          ),
        'a viewer is taken to one of them all the same',
      );
    });
    expect((await late)?.peer).not.toBe('');
    (await late)?.end();
  }, 120_000);

  it('are full at once for those above sockets_max, who wait for nobody to go', async () => {
    const behind = await trackersBehindHaproxy(extra, { settings: { sockets_max: 3 } });
    await until(
      async () =>
        (await behind.haproxy.statistics()).filter((one) => one.socketsMax === 3).length === 2,
      'HAProxy knows their bound',
    );
    const viewers: TestViewer[] = [];
    for (let count = 0; count < 6; count += 1) {
      viewers.push(await TestViewer.connect(behind.haproxy.ws));
    }
    expect(viewers.map(({ upgradeStatus }) => upgradeStatus)).toEqual(Array(6).fill(undefined));
    const startMs = Date.now();
    const late = await Promise.all(
      Array.from({ length: 20 }, () => TestViewer.connect(behind.haproxy.ws)),
    );
    expect(late.map(({ upgradeStatus }) => upgradeStatus)).toEqual(Array(20).fill(503));
    expect(Date.now() - startMs).toBeLessThan(within(2_000));
    for (const viewer of viewers) viewer.end();
  }, 120_000);

  it('count by where viewers come from, whatever these say of it', async () => {
    const settings = { sockets_per_address_max: 2, trusted_proxies: '127.0.0.1' };
    const behind = await trackersBehindHaproxy(extra, { settings });
    const forged = (count: number): Record<string, string> => ({
      'x-forwarded-for': `198.51.100.${count}`,
      forwarded: `for=198.51.100.${count}`,
      'x-proxy-worker': `forged-${count}`,
    });
    const viewers: TestViewer[] = [];
    for (let count = 0; count < 5; count += 1) {
      const headers = forged(count);
      const localAddress = '127.0.0.9';
      viewers.push(
        await TestViewer.connect(behind.haproxy.ws, 'viblast.v1', { headers, localAddress }),
      );
    }
    expect(viewers.filter(({ upgradeStatus }) => upgradeStatus === undefined)).toHaveLength(4);
    expect(viewers.at(-1)?.upgradeStatus).toBe(429);
    for (const viewer of viewers) viewer.end();
  }, 120_000);

  it('can be drained by their admin port, and taken in again', async () => {
    const behind = await trackersBehindHaproxy(extra);
    const [first, second] = behind.trackers;
    expect(await drain(first, 'GET')).toMatchObject({ state: 'none' });
    const viewer = await TestViewer.join(first.ws, 'arena-main');
    expect(await drain(first, 'POST')).toMatchObject({ state: 'announced', sockets: 1 });
    await viewer.next('reconnect');
    await until(async () => (await statusOf(behind, first)).startsWith('DRAIN'), 'it shows drain');
    expect(await viewer.closed()).toBe(1001);
    for (let count = 0; count < 3; count += 1) {
      (await TestViewer.join(behind.haproxy.ws, 'arena-main')).end();
    }
    expect(await metricOf(second.admin, 'viblast_tracker_messages_total')).toBeGreaterThanOrEqual(
      3,
    );
    expect(await drain(first, 'DELETE')).toMatchObject({ state: 'none' });
    await until(async () => (await statusOf(behind, first)) === 'UP', 'it is up again');
    await TestViewer.join(first.ws, 'arena-main');
  }, 120_000);
});

describe('a tracker with TLS of its own', () => {
  it('takes the files of its certificate anew at SIGHUP, and no socket is lost', async () => {
    const path = (name: string): string => join(extra.supervisor.folder, name);
    const write = ({ certificate, key }: TestCertificate): void => {
      for (const [name, text] of [
        ['cert.pem', certificate],
        ['key.pem', key],
      ] as const) {
        writeFileSync(path('new'), text);
        renameSync(path('new'), path(name));
      }
    };
    write(firstCertificate);
    const port = await extra.supervisor.ports.reserve();
    const { process: tracker } = await extra.services.startTracker({
      settings: {
        tracker_ssl_listen_port: port,
        tracker_ssl_certificate: path('cert.pem'),
        tracker_ssl_key: path('key.pem'),
      },
    });
    const ca = [firstCertificate.certificate, secondCertificate.certificate];
    const viewer = await TestViewer.connect(`wss://127.0.0.1:${port}`, 'viblast.v1', { ca });
    viewer.send({ type: 'hello', stream: 'arena-main', session: newSession() });
    await viewer.next('welcome');
    const shownName = async (): Promise<unknown> => {
      const socket = connectTls({ host: '127.0.0.1', port, ca });
      await new Promise((resolve) => socket.once('secureConnect', resolve));
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      return CN;
    };
    expect(await shownName()).toBe('first');
    write(secondCertificate);
    tracker.kill('SIGHUP');
    await until(async () => (await shownName()) === 'second', 'the new one is shown');
    expect(await metricOf(tracker.admin, 'viblast_tracker_certificate_expires_seconds')).toBe(
      Date.UTC(2125, 0) / 1_000,
    );
    writeFileSync(path('key.pem'), 'broken');
    await eventually(
      'it says that it cannot use what is there',
      async () => (await metricOf(tracker.admin, 'viblast_tracker_certificate_problem')) === 1,
    );
    expect(await shownName()).toBe('second');
    viewer.announce([{ number: 0, time: Date.now() }]);
    await viewer.next('acknowledged');
    viewer.end();
  }, 120_000);
});

describe('a tracker with fewer files than sockets', () => {
  it('refuses to start, names both numbers, and exits with 78', async () => {
    const main = join(packageRoot(), 'dist', 'tracker', 'main.js');
    const child = spawn('sh', ['-c', `ulimit -n 1000; exec "${process.execPath}" "${main}"`], {
      env: { PATH: process.env['PATH'], VIBLAST_NODE_NAME: 'few-files', VIBLAST_ADMIN_PORT: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(errors).toMatch(/sockets_max.*10000.*10384.*1000.*LimitNOFILE/);
    expect(code).toBe(exitCode.configuration);
  }, 60_000);
});
