import type { ClickHouse } from '../../clickhouse/index.js';
import { AppError, messageOf } from '../../service/errors.js';
import type { AnnounceRow, RawRows } from './compare-announces.js';
import { streamBase, totalBase, type Points } from './expected-graphite.js';
import type { Row, Table } from './tables.js';

const announceColumns = `stream, session, number, toUnixTimestamp64Milli(time) AS time_ms, minute,
  segment, quality, browser, state, watched_ms, stalled_ms, stalls, startup_ms, cdn_bytes, peer_bytes,
  uploaded_bytes, peers, buffer_length_ms, live_latency_ms, encoded_bitrate_kbps, throughput_kbps,
  playback_rate_percent, dropped_frames, errors`;

const cellColumns = `stream, minute, quality, browser, viewers, announces, watched_ms, stalled_ms,
  stalls, cdn_bytes, peer_bytes, uploaded_bytes, dropped_frames, errors,
  arrayStringConcat(startup_histogram, ',') AS startup_histogram,
  arrayStringConcat(stall_histogram, ',') AS stall_histogram`;

/** What is read of each table or view, by its name; the names are those of `expectedTables`. */
const tableColumns: Readonly<Record<string, string>> = {
  stream_minutes: cellColumns,
  stream_minutes_counted: cellColumns,
  viewers_per_minute:
    'stream, minute, toUnixTimestamp(time) AS time_s, viewers, viewers_average, announces',
  viewers_by_quality: 'stream, minute, quality, viewers, watched_ms',
  browser_usage: 'stream, minute, browser, viewers, watched_ms, share',
  browser_usage_by_quality: 'stream, minute, quality, browser, viewers, watched_ms, share',
  traffic: 'stream, minute, quality, cdn_bytes, peer_bytes, uploaded_bytes',
  offload: 'stream, minute, cdn_bytes, peer_bytes, offload',
  quality_of_experience: `stream, minute, viewers, watched_ms, stalled_ms, stall_ratio, stalls, startups,
    startup_p50_ms, startup_p95_ms, stall_p50_ms, stall_p95_ms, dropped_frames, errors`,
  sessions: `stream, session, toUnixTimestamp64Milli(first_time) AS first_time_ms,
    toUnixTimestamp64Milli(last_time) AS last_time_ms, announces, browser, last_quality, last_state,
    arrayStringConcat(qualities, ',') AS qualities, watched_ms, stalled_ms, stalls, startup_ms,
    cdn_bytes, peer_bytes, uploaded_bytes, dropped_frames, errors`,
};

async function select<R extends Row>(
  clickHouse: ClickHouse,
  columns: string,
  from: string,
  streams: readonly string[],
): Promise<R[]> {
  const result = await clickHouse.client.query({
    query: `SELECT ${columns} FROM ${from} WHERE stream IN {streams: Array(String)}`,
    query_params: { streams },
    format: 'JSONEachRow',
  });
  return result.json<R>();
}

/** The rows of a table or view that `expectedTables` names. */
export async function readTable(
  clickHouse: ClickHouse,
  name: string,
  keyColumns: readonly string[],
  streams: readonly string[],
): Promise<Table> {
  const columns = tableColumns[name];
  if (columns === undefined) throw new Error(`no columns are known of ${name}`);
  const from = name === 'stream_minutes' ? 'stream_minutes FINAL' : name;
  return { name, keyColumns, rows: await select(clickHouse, columns, from, streams) };
}

export async function readRawRows(
  clickHouse: ClickHouse,
  streams: readonly string[],
): Promise<RawRows> {
  const read = async (from: string): Promise<AnnounceRow[]> =>
    select<AnnounceRow>(clickHouse, announceColumns, from, streams);
  return {
    all: await read('announces FINAL'),
    counted: await read('announces_counted'),
    late: await read('announces_late'),
  };
}

/** One series of graphite-web's answer. */
interface RenderedSeries {
  readonly target: string;
  readonly datapoints: readonly (readonly [value: number | null, timeS: number])[];
}

const renderTimeoutMs = 30_000;

/**
 * A web server closes idle connections, now and then in the very moment in which one is used again: a
 * request without an answer is asked again, since it only reads.
 */
const attemptsMax = 3;

/** graphite-web's answer for these targets, past its own cache. Throws an AppError, retryable. */
export async function render(
  graphiteUrl: string,
  targets: readonly string[],
  fromS: number,
  untilS: number,
  timeoutMs = renderTimeoutMs,
): Promise<readonly RenderedSeries[]> {
  const body = new URLSearchParams();
  for (const target of targets) body.append('target', target);
  for (const [name, value] of [
    ['format', 'json'],
    ['noCache', '1'],
    ['from', String(fromS)],
    ['until', String(untilS)],
  ] as const) {
    body.append(name, value);
  }
  const failure = (detail: string, cause?: unknown): AppError =>
    new AppError('graphite_unavailable', `Graphite: ${detail}`, { retryable: true, cause });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(`${graphiteUrl}/render`, {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw failure(`HTTP ${response.status}`);
      return (await response.json()) as readonly RenderedSeries[];
    } catch (error) {
      if (error instanceof AppError) throw error;
      const reason = error instanceof Error ? (error.cause ?? error) : error;
      if (attempt >= attemptsMax) throw failure(`no answer: ${messageOf(reason)}`, error);
    }
  }
}

/** The points of an answer from `fromS` to `untilS`; a metric without any has an empty map. */
export function pointsOf(
  series: readonly RenderedSeries[],
  fromS: number,
  untilS: number,
): Map<string, Map<number, number>> {
  const points = new Map<string, Map<number, number>>();
  for (const { target, datapoints } of series) {
    const values = new Map<number, number>();
    for (const [value, timeS] of datapoints) {
      if (value !== null && timeS >= fromS && timeS <= untilS) values.set(timeS, value);
    }
    points.set(target, values);
  }
  return points;
}

/** How deep metrics go below a stream: `browsers_by_quality.<quality>.<browser>`. */
const depths = ['*', '*.*', '*.*.*'];

/** Every metric that Graphite has of these streams (and over all), its points from `fromS` to `untilS`. */
export async function readPoints(
  graphiteUrl: string,
  prefix: string,
  streams: readonly string[],
  withTotal: boolean,
  fromS: number,
  untilS: number,
): Promise<Points> {
  const bases = streams.map((stream) => streamBase(prefix, stream));
  if (withTotal) bases.push(totalBase(prefix));
  const points = new Map<string, Map<number, number>>();
  for (const base of bases) {
    const targets = depths.map((depth) => `${base}.${depth}`);
    const series = await render(graphiteUrl, targets, fromS - 1, untilS);
    for (const [metric, values] of pointsOf(series, fromS, untilS)) points.set(metric, values);
  }
  return points;
}
