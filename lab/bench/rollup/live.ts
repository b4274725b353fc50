import { setTimeout as delay } from 'node:timers/promises';
import { openClickHouse, type ClickHouse } from '../../../clickhouse/index.js';
import { connectKafka } from '../../../kafka/index.js';
import { cpuSecondsOf, residentBytesOf, setUpCluster } from '../../stack/index.js';
import { ArrivingPoints } from './arrivals.js';
import type { Measured } from './batches.js';
import { partitions, silentLogger, type DrainBenchOptions } from './drain-bench.js';
import { announcesPerCell, LiveStreams, streamName } from './live-streams.js';
import { median, megabytes, whole, type Verdict } from './report.js';
import { RollupProcess } from './rollup-process.js';

export interface LiveOptions {
  readonly streams: number;
  readonly cells: number;
  readonly facets: number;
  readonly minutes: number;
  readonly intervalSeconds: number;
}

/** One minute of all streams, as both sinks saw it. */
interface LiveMinute {
  readonly minute: number;
  readonly clickHouseMs: number;
  readonly graphiteMs: number;
  readonly residentBytes: number;
  /** Since the minute before: the rollup's and ClickHouse's. */
  readonly cpuSeconds: number;
  readonly clickHouseCpuSeconds: number;
}

/** What a live minute goes through. */
interface WatchedParts {
  readonly clickhouse: ClickHouse;
  readonly carbon: ArrivingPoints;
  readonly rollup: RollupProcess;
}

/** A minute is closed by a record that was written this long after its end. */
const closeDelayMs = 1_000;
const pollMs = 100;
/** Of so many streams ClickHouse is asked before it is asked of all. */
const askedAlone = 8;
const arrivesWithinMs = 60_000;
/** Late, grace and takeover in minutes, as in production. */
const lateMinutes = 3;
const handedOverMsMax = { alone: 2_000, withFacets: 2_500 };
/**
 * Memory is flat when its mean over the last third of the minutes is at most this much above the
 * middle third's.
 */
const flatGrowthMax = 1.1;

/**
 * Points of a stream: seven plain ones, two of its start-up, and those by quality, by browser and
 * by both.
 */
export function pointsOfStream(cells: number): number {
  return 9 + cells * 5;
}

/**
 * Live minutes of many streams: how long each takes from its close until both sinks have all of it.
 */
export async function measureLive(
  live: LiveOptions,
  options: DrainBenchOptions,
): Promise<Measured> {
  const { stack, print, say, stopping } = options;
  const { streams, cells, facets, minutes, intervalSeconds } = live;
  const intervalMs = intervalSeconds * 1_000;
  const { brokers } = stack.kafka;
  await setUpCluster(brokers, {
    partitions,
    intervalSeconds,
    lateSeconds: lateMinutes * intervalSeconds,
    graceSeconds: intervalSeconds,
    takeoverSeconds: Math.max(10, intervalSeconds),
  });
  const logger = silentLogger(say);
  const kafka = connectKafka({ brokers, clientId: 'bench-rollup', logger });
  const producer = await kafka.producer();
  const carbon = await ArrivingPoints.listen(streams * pointsOfStream(cells));
  const clickhouse = openClickHouse({ ...stack.clickhouse, user: 'default', password: '', logger });
  const rollup = await RollupProcess.start({
    name: 'rollup-1',
    stack,
    carbonPort: carbon.port,
    profileFolder: options.profileFolder,
  });
  try {
    print(
      `\n${whole(streams)} streams, ${whole(streams * cells)} cells and ` +
        `${whole(streams * pointsOfStream(cells))} points a minute, ` +
        `${minutes} minutes of ${intervalSeconds} s, ` +
        `${whole(streams * cells * announcesPerCell)} announces each`,
    );
    print('  minute   ClickHouse ms   Graphite ms   RSS MiB   CPU s   ClickHouse’s');
    const made = new LiveStreams(producer, {
      streams,
      cells,
      facets,
      partitions,
      intervalMs,
    });
    const firstMinute = Math.floor(Date.now() / intervalMs) + 1;
    const running = made.run(firstMinute, minutes, stopping.signal);
    running.catch(() => stopping.abort());
    const seen = await watchMinutes(firstMinute, live, { clickhouse, carbon, rollup }, options);
    await running;
    const differences = await printDifferences(clickhouse, made.made, print);
    return { verdicts: summary(seen, live, print), differences };
  } finally {
    await rollup.stop();
    carbon.close();
    await producer.close();
    await clickhouse.close();
  }
}

/** Waits for the minutes one after the other, and prints a line for each. */
async function watchMinutes(
  firstMinute: number,
  live: LiveOptions,
  { clickhouse, carbon, rollup }: WatchedParts,
  { stack, print, stopping }: DrainBenchOptions,
): Promise<LiveMinute[]> {
  const { minutes, intervalSeconds } = live;
  const intervalMs = intervalSeconds * 1_000;
  const { signal } = stopping;
  const seen: LiveMinute[] = [];
  const cpuNow = (): readonly number[] =>
    [rollup, stack.clickhouse.process].map(({ pid }) => cpuSecondsOf(pid));
  let cpuBefore = cpuNow();
  for (let minute = firstMinute; minute < firstMinute + minutes; minute += 1) {
    const closesAtMs = (minute + 1) * intervalMs + closeDelayMs;
    await delay(closesAtMs - Date.now(), undefined, { signal });
    const clickHouseAtMs = await allInClickHouse(clickhouse, minute, live, closesAtMs);
    const graphiteAtMs = await allInGraphite(carbon, (minute * intervalMs) / 1_000, closesAtMs);
    await delay(closesAtMs + intervalMs / 2 - Date.now(), undefined, { signal });
    const cpu = cpuNow();
    const [cpuSeconds = 0, clickHouseCpuSeconds = 0] = cpu.map(
      (now, of) => now - (cpuBefore[of] ?? 0),
    );
    cpuBefore = cpu;
    const one = {
      minute: minute - firstMinute + 1,
      clickHouseMs: clickHouseAtMs - closesAtMs,
      graphiteMs: graphiteAtMs - closesAtMs,
      residentBytes: residentBytesOf(rollup.pid).now,
      cpuSeconds,
      clickHouseCpuSeconds,
    };
    seen.push(one);
    print(minuteLine(one));
  }
  return seen;
}

/** In how many minutes ClickHouse has not the announces that were made, each printed. */
async function printDifferences(
  clickhouse: ClickHouse,
  made: ReadonlyMap<number, number>,
  print: (line: string) => void,
): Promise<number> {
  const stored = await storedAnnounces(clickhouse);
  const differing = [...made].filter(([minute, count]) => stored.get(minute) !== count);
  for (const [minute, count] of differing) {
    print(`  DIFFERS minute ${minute}: ${stored.get(minute) ?? 0} announces, made ${count}`);
  }
  return differing.length;
}

function summary(
  seen: readonly LiveMinute[],
  { streams, cells, facets, minutes }: LiveOptions,
  print: (line: string) => void,
): Verdict[] {
  const third = Math.floor(seen.length / 3);
  const msMax = facets > 0 ? handedOverMsMax.withFacets : handedOverMsMax.alone;
  const warm = seen.slice(third);
  const handedOver = warm.map(({ clickHouseMs, graphiteMs }) => Math.max(clickHouseMs, graphiteMs));
  const cpu = mean(warm.map(({ cpuSeconds }) => cpuSeconds));
  const clickHouseCpu = mean(warm.map(({ clickHouseCpuSeconds }) => clickHouseCpuSeconds));
  const resident = (part: readonly LiveMinute[]): number =>
    mean(part.map(({ residentBytes }) => megabytes(residentBytes)));
  const [middle, last] = [resident(seen.slice(third, 2 * third)), resident(seen.slice(-third))];
  print(
    `  warm: in both sinks ${whole(median(handedOver))} ms after the close (median), ` +
      `${whole(Math.max(...handedOver))} ms at most; ${cpu.toFixed(2)} CPU s a minute, ` +
      `${((cpu / (streams * cells)) * 1_000_000).toFixed(1)} µs a cell; ` +
      `ClickHouse ${clickHouseCpu.toFixed(2)} CPU s a minute`,
  );
  return [
    {
      what: `${whole(streams)} streams' minute in both sinks after its close, warm, the slowest`,
      target: `at most ${whole(msMax)} ms`,
      measured: `${whole(Math.max(...handedOver))} ms`,
      isMet: Math.max(...handedOver) <= msMax,
    },
    {
      what: `RSS over ${minutes} minutes, mean of the last third against the middle third`,
      target: `at most × ${flatGrowthMax}`,
      measured: `${whole(last)} against ${whole(middle)} MiB, × ${(last / middle).toFixed(2)}`,
      isMet: last <= middle * flatGrowthMax,
    },
  ];
}

function minuteLine(one: LiveMinute): string {
  const columns = [
    String(one.minute).padStart(8),
    whole(one.clickHouseMs).padStart(15),
    whole(one.graphiteMs).padStart(13),
    whole(megabytes(one.residentBytes)).padStart(9),
    one.cpuSeconds.toFixed(2).padStart(7),
    one.clickHouseCpuSeconds.toFixed(2).padStart(14),
  ];
  return columns.join(' ');
}

/** Asks for some streams, one after the other, until each is there, and then for all of them. */
async function allInClickHouse(
  clickhouse: ClickHouse,
  minute: number,
  { streams, facets, intervalSeconds }: LiveOptions,
  fromMs: number,
): Promise<number> {
  // Of an insert the facets come last.
  const table = facets > 0 ? 'stream_minute_facets' : 'stream_minutes';
  // By the time ClickHouse leaves out whole parts, and by a stream most of each: it shall not be
  // busy with this.
  const stored = async (within: string): Promise<number> => {
    const query =
      `SELECT uniqExact(stream) AS streams FROM ${table} ` +
      `WHERE minute = ${minute} AND time = toDateTime(${minute * intervalSeconds})${within}`;
    const answer = await clickhouse.client.query({ query, format: 'JSONEachRow' });
    const [row] = await answer.json<{ readonly streams: string }>();
    return Number(row?.streams);
  };
  const isAll = async (askedFor: number): Promise<boolean> => {
    if (askedFor >= streams) return (await stored('')) >= streams;
    return (await stored(` AND stream = '${streamName(askedFor)}'`)) > 0;
  };
  const step = Math.max(1, Math.floor(streams / askedAlone));
  for (let askedFor = 0; ;) {
    if (await isAll(askedFor)) {
      if (askedFor >= streams) return Date.now();
      askedFor += step;
      continue;
    }
    if (Date.now() - fromMs > arrivesWithinMs) return Infinity;
    await delay(pollMs);
  }
}

async function allInGraphite(
  carbon: ArrivingPoints,
  timeSeconds: number,
  fromMs: number,
): Promise<number> {
  for (;;) {
    const atMs = carbon.allArrivedAtMs(timeSeconds);
    if (atMs !== undefined) return atMs;
    if (Date.now() - fromMs > arrivesWithinMs) return Infinity;
    await delay(pollMs);
  }
}

async function storedAnnounces(clickhouse: ClickHouse): Promise<Map<number, number>> {
  const answer = await clickhouse.client.query({
    query: 'SELECT minute, sum(announces) AS counted FROM stream_minutes FINAL GROUP BY minute',
    format: 'JSONEachRow',
  });
  const rows = await answer.json<{ readonly minute: string; readonly counted: string }>();
  return new Map(rows.map(({ minute, counted }) => [Number(minute), Number(counted)]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
