import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { viewersProcess, type ViewersProcess } from '../../lab/viewers/index.js';
import { announceColumns } from '../../ingest/index.js';
import { counterNames, counterOf } from '../../schemas/index.js';
import { packageRoot } from '../../service/package-root.js';
import { createStream } from '../../lab/demo/streams.js';
import { eventually } from './testing/ingest-support.js';
import { sharedStack, sharedTimes } from './testing/stack.js';
import { openDatabase, rowsOf } from './testing/views-support.js';

const name = randomBytes(4).toString('hex');
const { intervalMs } = sharedTimes;
/** As many minutes as a day of usual ones has, some hours ago: no rollup has them in its hands. */
const minutes = 1_440;
const from = Math.floor(Date.now() / intervalMs) - 5 * minutes;
const to = from + minutes - 1;
const old = `verify-old-${name}`;
const watched = `verify-now-${name}`;

/** The columns of `stream_minutes` that are no counters. */
const placeColumns = ['stream', 'minute', 'time', 'quality', 'browser', 'version'];

interface Run {
  readonly code: number;
  readonly output: string;
  /** Its own: other suites have the machine beside it. */
  readonly cpuMs: number;
}

interface Listed {
  readonly sink: string;
  readonly stream: string;
  readonly minute: number;
  readonly quality?: string;
  readonly browser?: string;
  readonly facet?: string;
  readonly value?: string;
  readonly counter: string;
}

interface Answer {
  readonly isEqual: boolean;
  readonly from: number;
  readonly to: number;
  readonly cells: number;
  readonly points: number;
  readonly differenceCount: number;
  readonly differences: readonly Listed[];
}

type Row = Readonly<Record<string, unknown>>;

describe('verify and recompute', () => {
  const stack = sharedStack();
  const clickhouse = openDatabase(stack.clickhouse.url, stack.clickhouse.database);
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  let viewers: ViewersProcess | undefined;
  let lastMinute = 0;
  let seen: { readonly since: string[]; readonly minute: number } = { since: [], minute: 0 };

  async function admin(...args: readonly string[]): Promise<Run> {
    const program = join(packageRoot(), 'dist', 'admin', 'vba-admin.js');
    const places = ['--kafka-brokers', stack.kafka.brokers.join(','), '--clickhouse-url'];
    places.push(stack.clickhouse.url, '--graphite-url', stack.graphite.render);
    const cpuFile = join(folder, 'cpu.json');
    const telling = `data:text/javascript,import { writeFileSync } from 'node:fs';
      process.on('exit', () => writeFileSync('${cpuFile}', JSON.stringify(process.cpuUsage())));`;
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        ['--import', telling, program, ...args, ...places],
        { maxBuffer: 2 ** 26 },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : Number(error.code);
          const used = JSON.parse(readFileSync(cpuFile, 'utf8')) as NodeJS.CpuUsage;
          const cpuMs = (used.user + used.system) / 1_000;
          resolve({ code, output: stdout + stderr, cpuMs });
        },
      );
    });
  }

  const ofOld = ['--from', String(from), '--to', String(to), '--stream', old];
  /** A part of them, so that looking again and again is quick. */
  const ofAltered = ['--from', String(from), '--to', String(from + 159), '--stream', old];
  const toCarbon = ['--graphite', stack.graphite.plaintext];

  async function verify(...args: readonly string[]): Promise<Answer & { readonly code: number }> {
    const { code, output } = await admin('verify', '--json', '--limit', '1000', ...args);
    if (!output.startsWith('{')) throw new Error(output);
    return { ...(JSON.parse(output) as Answer), code };
  }

  /** What verify says that finds them equal. */
  async function untilEqual(...args: readonly string[]): Promise<Run> {
    let run = await admin('verify', ...args);
    await eventually('verify finds nothing', async () => {
      if (run.code !== 0) run = await admin('verify', ...args);
      return run.code === 0;
    });
    return run;
  }

  /** Fifty sessions, each with one announce a minute, as ingest would have written them. */
  async function insertOldAnnounces(): Promise<void> {
    await clickhouse.client.command({
      query: `INSERT INTO announces (${announceColumns.slice(0, 29).join(', ')}) SELECT
        {stream: String} AS stream, leftPad(toString(n % 50), 22, 'A') AS session, intDiv(n, 50) AS number,
        fromUnixTimestamp64Milli(toInt64(minute * {interval: UInt64} + n % 1000), 'UTC') AS time,
        {from: UInt64} + intDiv(n, 50) AS minute, time + toIntervalMillisecond(300) AS log_append_time,
        'tracker' AS tracker, 1 AS segment, ['360p', '720p', 'unknown'][n % 3 + 1] AS quality,
        ['Chrome', 'Safari'][n % 2 + 1] AS browser, 'playing' AS state,
        4000 + n % 100 AS watched_ms, n % 500 AS stalled_ms, n % 4 AS stalls,
        if(n % 5 = 0, 100 + n % 9000, NULL) AS startup_ms, n % 100000 AS cdn_bytes, n % 70000 AS peer_bytes,
        n % 60000 AS uploaded_bytes, 3 AS peers, NULL, NULL, NULL, NULL, NULL,
        n % 3 AS dropped_frames, n % 2 AS errors, n % 8 AS kafka_partition, n AS kafka_offset, 0 AS batch_index
        FROM (SELECT number AS n FROM numbers(50 * {minutes: UInt64}))`,
      query_params: { stream: old, from, minutes, interval: intervalMs },
    });
  }

  async function cell(minute: number): Promise<Row> {
    const rows = await rowsOf(
      clickhouse,
      `SELECT * REPLACE (toUnixTimestamp(time) AS time) FROM stream_minutes FINAL
       WHERE stream = {stream: String} AND minute = {minute: UInt64} ORDER BY quality, browser LIMIT 1`,
      { stream: old, minute },
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`no cell of minute ${minute}`);
    return row;
  }

  async function insertCell(row: Row): Promise<void> {
    await clickhouse.client.insert({
      table: 'stream_minutes',
      values: [{ ...row, version: Number(row['version']) + 1 }],
      format: 'JSONEachRow',
    });
  }

  async function deleteCell(row: Row): Promise<void> {
    await clickhouse.client.command({
      query: `ALTER TABLE stream_minutes DELETE WHERE stream = {stream: String} AND minute = {minute: UInt64}
              AND quality = {quality: String} AND browser = {browser: String}`,
      query_params: { stream: old, ...row },
      clickhouse_settings: { mutations_sync: '2' },
    });
  }

  async function sendPoint(metric: string, value: number, minute: number): Promise<void> {
    const [host = '', port = ''] = stack.graphite.plaintext.split(':');
    const socket = connect(Number(port), host);
    socket.resume().end(`${metric} ${value} ${(minute * intervalMs) / 1_000}\n`);
    await once(socket, 'close');
  }

  beforeAll(async () => {
    const options = { labels: { plan: ['free'] }, graphiteFacets: ['device', 'label.plan'] };
    await createStream(stack.portal, { key: watched, title: '', renditions: [], options });
    viewers = viewersProcess({
      ws: stack.haproxy.ws,
      viewers: 15,
      streams: [{ key: watched, renditions: [] }],
      seed: 5,
      ledgerFile: join(folder, 'viewers.jsonl'),
      announceIntervalSeconds: 1.5,
      sessionSeconds: 12,
      rampSeconds: 1,
      distFolder: join(packageRoot(), 'dist'),
    });
    await eventually('viewers are there', () =>
      Promise.resolve((viewers?.status()?.connected ?? 0) > 10),
    );
    await insertOldAnnounces();
    const untilMs = Date.now() + 2 * intervalMs;
    await eventually('some minutes passed', () => Promise.resolve(Date.now() >= untilMs));
    await viewers.stop();
    lastMinute = Math.floor(Date.now() / intervalMs);
  }, 90_000);

  afterAll(async () => {
    viewers?.kill();
    await viewers?.exited;
    await clickhouse.close();
    rmSync(folder, { recursive: true });
  });

  it('count a day of a stream again from its raw announces, and find it equal, in under a minute of CPU each', async () => {
    const before = await verify(...ofOld);
    expect(before.code).toBe(1);
    const recomputed = await admin('recompute', ...ofOld, ...toCarbon);
    expect(recomputed).toMatchObject({ code: 0, output: expect.stringContaining('wrote') });
    expect(recomputed.cpuMs).toBeLessThan(60_000);
    const after = await untilEqual(...ofOld);
    expect(after).toMatchObject({ code: 0, output: expect.stringMatching(/^equal: 1440 minutes/) });
    expect(after.cpuMs).toBeLessThan(60_000);
  }, 180_000);

  it('name exactly what was altered, one column a row and a point of Graphite, and repair it', async () => {
    const wanted: string[] = [];
    const say = (minute: number, row: Row, counter: string): number =>
      wanted.push(`${minute} ${String(row['quality'])} ${String(row['browser'])} ${counter}`);
    const sayAll = (minute: number, row: Row): void => {
      for (const [column, value] of Object.entries(row)) {
        if (placeColumns.includes(column)) continue;
        if (Array.isArray(value)) {
          value.forEach((count, bucket) => count > 0 && say(minute, row, `${column}[${bucket}]`));
        } else if (Number(value) > 0) say(minute, row, column);
      }
    };
    const columns = Object.keys(await cell(from));
    const counters = counterNames.map((counter) => counterOf(counter).column);
    expect(columns.toSorted()).toEqual([...placeColumns, ...counters].toSorted());
    for (const [index, column] of columns.entries()) {
      const minute = from + 10 + index * 3;
      const row = await cell(minute);
      const value = row[column];
      if (['stream', 'minute', 'quality', 'browser'].includes(column)) {
        const elsewhere = {
          stream: `${old}-x`,
          minute: minute + 1,
          quality: '144p',
          browser: 'Edge',
        };
        await deleteCell(row);
        const moved = { ...row, [column]: elsewhere[column as keyof typeof elsewhere] };
        sayAll(minute, row);
        // In another minute it takes the place of the cell there.
        if (column === 'minute') continue;
        await insertCell(moved);
        if (column !== 'stream') sayAll(minute, moved);
      } else if (Array.isArray(value)) {
        await insertCell({ ...row, [column]: value.with(4, Number(value[4]) + 1) });
        say(minute, row, `${column}[4]`);
      } else {
        const step = column === 'time' ? intervalMs / 1_000 : 1;
        await insertCell({ ...row, [column]: Number(value) + step });
        if (column !== 'version') say(minute, row, column);
      }
    }
    const metric = `viblast.streams.${old}.bytes_by_quality.720p.p2p`;
    await sendPoint(metric, 12_345, from + 5);
    wanted.push(`${from + 5}   ${metric}`);

    await eventually('the altered point is seen', async () => {
      const { differences } = await verify(...ofAltered);
      return differences.some(({ sink }) => sink === 'graphite');
    });
    const { code, differences, differenceCount } = await verify(...ofAltered);
    const named = differences.map(
      ({ minute, quality = '', browser = '', counter }) =>
        `${minute} ${quality} ${browser} ${counter}`,
    );
    expect(named.toSorted()).toEqual(wanted.toSorted());
    expect([code, differenceCount]).toEqual([1, wanted.length]);

    const careful = await admin('recompute', ...ofAltered, ...toCarbon);
    expect(careful).toMatchObject({
      code: 1,
      output: expect.stringContaining('would get smaller'),
    });
    const tried = await admin('recompute', '--force', '--dry-run', ...ofAltered, ...toCarbon);
    expect(tried).toMatchObject({ code: 0, output: expect.stringContaining('would write') });
    expect((await verify(...ofAltered)).code).toBe(1);
    expect((await admin('recompute', '--force', ...ofAltered, ...toCarbon)).code).toBe(0);
    await untilEqual(...ofAltered);
  }, 180_000);

  it('find what viewers sent just now equal, as soon as it is final, and not before', async () => {
    const since = ['--from', String(lastMinute - 10), '--stream', watched];
    const now = await admin('verify', '--from', String(lastMinute + 1_000), '--stream', watched);
    expect(now).toMatchObject({ code: 69, output: expect.stringContaining('nothing to compare') });
    await eventually(
      'the last minute is final everywhere',
      async () => {
        const { code, output } = await admin('verify', '--json', ...since);
        return code !== 69 && (JSON.parse(output) as Answer).to >= lastMinute;
      },
      120_000,
    );
    const answer = await verify(...since);
    expect(answer.differences).toEqual([]);
    expect(answer).toMatchObject({ code: 0, isEqual: true });
    expect(answer.cells).toBeGreaterThan(2);
    expect(answer.points).toBeGreaterThan(answer.cells);
    seen = { since, minute: lastMinute - 1 };
  }, 180_000);

  it('name a facet that was altered, and a point of one in Graphite, and repair them', async () => {
    const { since, minute } = seen;
    const rows = await rowsOf(
      clickhouse,
      `SELECT * REPLACE (toUnixTimestamp(time) AS time) FROM stream_minute_facets FINAL
       WHERE stream = {stream: String} AND minute = {minute: UInt64} AND facet = 'device'
       ORDER BY announces DESC LIMIT 1`,
      { stream: watched, minute },
    );
    const [row = {}] = rows;
    const version = Number(row['version']) + 1;
    await clickhouse.client.insert({
      table: 'stream_minute_facets',
      values: [
        { ...row, announces: Number(row['announces']) + 1, version },
        { ...row, value: 'toaster', version },
      ],
      format: 'JSONEachRow',
    });
    const metric = `viblast.facets.${watched}.device.${String(row['value'])}.bytes.cdn`;
    await sendPoint(metric, 12_345, minute);
    await eventually('the altered point is seen', async () => {
      const { differences } = await verify(...since);
      return differences.some(({ counter }) => counter === metric);
    });
    const { differences } = await verify(...since);
    expect(new Set(differences.map(({ minute: where }) => where))).toEqual(new Set([minute]));
    const named = differences.map(({ facet, value, counter }) => [facet, value, counter]);
    expect(named).toEqual(
      expect.arrayContaining([
        ['device', row['value'], 'announces'],
        ['device', 'toaster', 'announces'],
        [undefined, undefined, metric],
      ]),
    );
    expect(named.filter(([, value]) => value === row['value'])).toHaveLength(1);
    expect((await admin('recompute', '--force', ...since, ...toCarbon)).code).toBe(0);
    await untilEqual(...since);
  }, 180_000);
});
