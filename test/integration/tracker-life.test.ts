import { spawn } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TrackerProcess } from '../../lab/stack/index.js';
import { readLedgers } from '../../lab/viewers/ledger.js';
import {
  viewersProcess,
  type ViewersProcess,
  type ViewersStatus,
} from '../../lab/viewers/index.js';
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
import { extraServices, type ExtraServices } from './testing/stack.js';

let extra: ExtraServices;
beforeEach(() => {
  extra = extraServices();
});
afterEach(() => extra.close(), 60_000);

/** Simulated viewers who come by way of HAProxy and, all but a few, stay. */
function startViewers({ haproxy }: BehindHaproxy, viewers: number, seed: number): ViewersProcess {
  return viewersProcess({
    ws: haproxy.ws,
    viewers,
    streams: [{ key: 'arena-main', renditions: [] }],
    seed,
    ledgerFile: join(extra.supervisor.folder, 'viewers.ledger'),
    announceIntervalSeconds: 5,
    sessionSeconds: 3_600,
    rampSeconds: 4,
    distFolder: join(packageRoot(), 'dist'),
  });
}

/** Resolves when all who are there are connected, and so many are. */
async function allConnected(viewers: ViewersProcess, atLeast: number): Promise<ViewersStatus> {
  const told = (): ViewersStatus | undefined => viewers.status();
  await until(() => {
    const { connected = 0, viewers: present = -1 } = told() ?? {};
    return connected >= atLeast && connected === present;
  }, `${atLeast} viewers are connected`);
  const status = told();
  if (status === undefined) throw new Error('unreachable');
  return status;
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
  it('hand 2 000 viewers over when one stops, and lose none when the other is killed', async () => {
    const behind = await trackersBehindHaproxy(extra);
    const [first, second] = behind.trackers;
    const viewers = startViewers(behind, 2_000, 11);
    await allConnected(viewers, 1_980);
    expect(await metricOf(first.admin, 'viblast_tracker_sockets')).toBeGreaterThan(900);

    first.kill('SIGTERM');
    await until(async () => (await statusOf(behind, first)).startsWith('DRAIN'), 'it shows drain');
    expect(await first.exited).toBe(0);
    const { told, left } = await loggedBy(first, 'drained');
    expect(Number(told)).toBeGreaterThan(900);
    expect(left).toBe(0);
    const { errors } = await allConnected(viewers, 1_980);
    expect(errors).toEqual({});

    await first.start();
    await until(async () => (await statusOf(behind, first)) === 'UP', 'it is up again');
    second.kill('SIGKILL');
    const killedMs = Date.now();
    await until(() => (viewers.status()?.connected ?? 0) < 1_000, 'the killed one is missed');
    await allConnected(viewers, 1_980);
    expect(Date.now() - killedMs).toBeLessThan(5_000);

    await viewers.stop();
    const totals = readLedgers([readFileSync(viewers.ledgerFile, 'utf8')]).totals();
    expect(totals.sent).toBeGreaterThan(4_000);
    expect(totals).toMatchObject({ unknown: 0, refused: 0 });
  }, 180_000);

  it('are reloaded 20 times under 1 000 viewers, and no old worker stays', async () => {
    const behind = await trackersBehindHaproxy(extra);
    const { pid } = behind.haproxy.process;
    const viewers = startViewers(behind, 1_000, 12);
    await allConnected(viewers, 990);
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
    await eventually('the old workers have ended', () => Promise.resolve(look().length === 1));
    // The newest, three that a reload leaves, and those that are just ending.
    expect(most.workers).toBeLessThanOrEqual(6);
    expect(most.bytes).toBeLessThan(7 * alone);
    await allConnected(viewers, 990);
    viewers.kill();
    await viewers.exited;
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
    expect(Date.now() - startMs).toBeLessThan(2_000);
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
    const drain = async (method: string): Promise<unknown> =>
      (await fetch(`http://${first.admin}/drain`, { method })).json();
    expect(await drain('GET')).toMatchObject({ state: 'none' });
    const viewer = await TestViewer.join(first.ws, 'arena-main');
    expect(await drain('POST')).toMatchObject({ state: 'announced', sockets: 1 });
    await viewer.next('reconnect');
    await until(async () => (await statusOf(behind, first)).startsWith('DRAIN'), 'it shows drain');
    expect(await viewer.closed()).toBe(1001);
    for (let count = 0; count < 3; count += 1) {
      (await TestViewer.join(behind.haproxy.ws, 'arena-main')).end();
    }
    expect(await metricOf(second.admin, 'viblast_tracker_messages_total')).toBeGreaterThanOrEqual(
      3,
    );
    expect(await drain('DELETE')).toMatchObject({ state: 'none' });
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
