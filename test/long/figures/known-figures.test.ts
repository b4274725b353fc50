import { execFile } from 'node:child_process';
import { existsSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closedMetric, renderClient } from '../../../graphite/index.js';
import { packageRoot } from '../../../service/package-root.js';
import { startStack, type Stack } from '../../../lab/stack/index.js';
import { eventually, metricOf } from '../../integration/testing/ingest-support.js';
import { removePoint } from '../testing/old-points.js';
import { openDatabase } from '../../integration/testing/views-support.js';

const intervalMs = 5_000;
const times = { intervalSeconds: 5, lateSeconds: 15, graceSeconds: 5, takeoverSeconds: 12 };
const staleAfterMs = 3 * intervalMs;
/** Of a test's own look at it, every so often, and of what is already on its way. */
const noticedWithinMs = 4_000;
const broken = 'broken';
const whole = 'whole';
const minutes = 24;

interface Health {
  readonly isHealthy: boolean;
  readonly graphite: { readonly unreadable: readonly string[] };
  readonly figures: { readonly state: string; readonly lastMinuteAtMs: number | null };
}

interface Verified {
  readonly differences: readonly { readonly minute: number; readonly counter: string }[];
  readonly differenceCount: number;
  readonly unreadable: readonly string[];
  readonly points: number;
}

/** A stack of its own, whose rollups are killed and whose Graphite has broken files. */
describe('what is known', () => {
  const from = Math.floor(Date.now() / intervalMs) - 2_000;
  let stack: Stack;

  async function api<Answer>(path: string): Promise<Answer> {
    const { url = '', token = '' } = stack.portal ?? {};
    const headers = { authorization: `Bearer ${token}` };
    return (await (await fetch(`${url}/api/v1${path}`, { headers })).json()) as Answer;
  }

  async function untilHealth(what: string, is: (health: Health) => boolean): Promise<Health> {
    let health: Health | undefined;
    await eventually(what, async () => {
      health = await api<Health>('/health');
      return is(health);
    });
    if (health === undefined) throw new Error('unreachable');
    return health;
  }

  const ofBroken = ['--stream', broken, '--from', `${from}`, '--to', `${from + minutes - 1}`];

  async function admin(...args: readonly string[]): Promise<{ code: number; output: string }> {
    const program = join(packageRoot(), 'dist', 'admin', 'vba-admin.js');
    const places = ['--kafka-brokers', stack.kafka.brokers.join(',')];
    places.push('--clickhouse-url', stack.clickhouse.url, '--graphite-url', stack.graphite.render);
    return await new Promise((resolve) => {
      execFile(process.execPath, [program, ...args, ...places], (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
      });
    });
  }

  const recompute = (span: readonly string[] = ofBroken, ...more: readonly string[]) =>
    admin('recompute', '--graphite', stack.graphite.plaintext, ...span, ...more);

  async function verify(
    span: readonly string[] = ofBroken,
  ): Promise<Verified & { readonly code: number }> {
    const { code, output } = await admin('verify', '--json', ...span);
    if (!output.startsWith('{')) throw new Error(output);
    return { ...(JSON.parse(output) as Verified), code };
  }

  async function totalViewers(fromMs: number, untilMs: number): Promise<number[]> {
    const { render } = renderClient({ url: stack.graphite.render, timeoutMs: 30_000 });
    const series = await render({ targets: ['viblast.total.viewers'], fromMs, untilMs });
    return [...(series[0]?.points.values() ?? [])];
  }

  const whisper = (): string => join(stack.folder, 'graphite', 'storage', 'whisper');

  function fileOf(metric: string): string {
    return join(whisper(), `${metric.replaceAll('.', '/')}.wsp`);
  }

  function unreadableSeries(): Promise<number> {
    return metricOf(stack.portal?.admin ?? '', 'viblast_portal_graphite_unreadable_series');
  }

  beforeAll(async () => {
    stack = await startStack({
      ...times,
      partitions: 2,
      partialPartitions: 2,
      trackers: 1,
      rollups: 2,
      ingests: 1,
      portal: true,
      streams: [broken, whole],
    });
  }, 180_000);

  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  it('is that nobody watches, and an outage of that is stale within three minutes', async () => {
    await untilHealth('idle and healthy', ({ isHealthy, figures }) => {
      return isHealthy && figures.state === 'idle';
    });
    const killedAtMs = Date.now();
    for (const rollup of stack.rollups) rollup.kill('SIGKILL');
    await Promise.all(stack.rollups.map(({ exited }) => exited));
    const { figures } = await untilHealth('no longer healthy', ({ isHealthy }) => !isHealthy);
    expect(Date.now() - killedAtMs).toBeLessThanOrEqual(staleAfterMs + noticedWithinMs);
    expect(figures.state).toBe('stale');
    const lastMs = figures.lastMinuteAtMs ?? 0;
    expect(lastMs).toBeGreaterThan(killedAtMs - 3 * intervalMs);
    await Promise.all(stack.rollups.map((rollup) => rollup.start()));
    const after = await untilHealth('told again', ({ isHealthy }) => isHealthy);
    const untilMs = (after.figures.lastMinuteAtMs ?? 0) + intervalMs;
    const outage = (untilMs - lastMs) / intervalMs;
    expect(outage).toBeGreaterThan(3);
    await eventually('every minute of the outage is told', async () => {
      return (await totalViewers(lastMs, untilMs)).length === outage;
    });
    expect(await totalViewers(lastMs, untilMs)).toEqual(new Array<number>(outage).fill(0));
  }, 180_000);

  it('is all but what a broken file had, which is named, and mended on its host', async () => {
    const clickhouse = openDatabase(stack.clickhouse.url, stack.clickhouse.database);
    await clickhouse.client.command({
      query: `INSERT INTO announces (stream, session, number, time, minute, log_append_time, tracker,
        segment, quality, browser, state, watched_ms, stalled_ms, stalls, cdn_bytes, peer_bytes,
        uploaded_bytes, peers, dropped_frames, errors, kafka_partition, kafka_offset, batch_index)
        SELECT {stream: String}, leftPad('', 22, 'A'), number,
        fromUnixTimestamp64Milli(toInt64((minute) * {interval: UInt64}), 'UTC') AS at,
        {from: UInt64} + number AS minute, at + toIntervalMillisecond(300), 'tracker', 1, '720p',
        'Chrome', 'playing', 4000, 10, 1, 1000 + number, 500, 400, 3, 0, 0, 9, number, 0
        FROM numbers({minutes: UInt64})`,
      query_params: { stream: broken, from, minutes, interval: intervalMs },
    });
    await clickhouse.close();
    await eventually('recompute writes all of it', async () => (await recompute()).code === 0);
    await eventually('verify finds it equal', async () => (await verify()).code === 0);
    const { points } = await verify();

    const metrics = ['bytes.cdn', 'stalls', 'viewers'].map(
      (name) => `viblast.streams.${broken}.${name}`,
    );
    const [cut = '', ends = '', empty = ''] = metrics;
    const wholeBytes = statSync(fileOf(ends)).size;
    truncateSync(fileOf(empty), 0);
    truncateSync(fileOf(cut), 10);
    // Behind the header, where carbon that is killed ends when it has written no more than that.
    truncateSync(fileOf(ends), 28);
    const found = await verify();
    expect(found).toMatchObject({ code: 1, unreadable: metrics, differenceCount: 0 });
    expect(found.points).toBe(points - 3 * minutes);
    const listed = [cut, empty];
    const health = await untilHealth('named', ({ graphite }) => graphite.unreadable.length === 2);
    expect(health).toMatchObject({ isHealthy: false, graphite: { unreadable: listed } });
    await eventually('a metric says so', async () => (await unreadableSeries()) === 2);
    expect(await api('/now')).toMatchObject({
      state: 'idle',
      total: { viewers: 0 },
      streams: expect.arrayContaining([
        expect.objectContaining({ key: whole, viewers: 0 }),
        expect.objectContaining({ key: broken, viewers: null, cdnBytes: null, peerBytes: 0 }),
      ]),
    });

    // carbon doesn't mend them: the points that come are thrown away.
    const said = expect.stringMatching(/can't read 3 metrics.* vba-admin recompute --whisper /);
    expect(await recompute()).toMatchObject({ code: 1, output: said });
    expect(metrics.map((metric) => statSync(fileOf(metric)).size)).toEqual([10, 28, 0]);
    const mending = ['--whisper', whisper()];
    const tried = await recompute(ofBroken, ...mending, '--dry-run');
    const would = expect.stringMatching(
      `would be put aside as .wsp.broken: ${cut}, ${empty}\n.* would be filled up: ${ends}\n`,
    );
    expect(tried).toMatchObject({ code: 1, output: would });
    expect(metrics.map((metric) => statSync(fileOf(metric)).size)).toEqual([10, 28, 0]);
    const mended = await recompute(ofBroken, ...mending);
    expect(mended).toMatchObject({ code: 0, output: expect.stringContaining(empty) });
    expect(statSync(fileOf(ends)).size).toBe(wholeBytes);
    expect(listed.every((metric) => existsSync(`${fileOf(metric)}.broken`))).toBe(true);
    await eventually('verify finds it equal', async () => (await verify()).code === 0);
    await eventually('a metric says so', async () => (await unreadableSeries()) === 0, 120_000);
    await untilHealth('healthy again', ({ isHealthy }) => isHealthy);
  }, 240_000);

  it('is how far a partition has closed, of which a point that is gone is named and written again', async () => {
    const minute = Math.floor(Date.now() / intervalMs);
    const around = ['--from', `${minute - 1}`, '--to', `${minute + 1}`];
    await eventually(
      'the minutes are final, and equal',
      async () => {
        const { code, output } = await admin('verify', '--json', ...around);
        return code === 0 && output.includes(`"to":${minute + 1}`);
      },
      120_000,
    );
    const metric = closedMetric('viblast', 1);
    await removePoint(fileOf(metric), minute * intervalMs, stack.folder);
    const gone = await verify(around);
    expect(gone).toMatchObject({ code: 1, differences: [{ minute, counter: metric }] });
    expect((await recompute(around)).code).toBe(0);
    await eventually('verify finds it equal', async () => (await verify(around)).code === 0);
  }, 180_000);
});
