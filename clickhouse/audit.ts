import { allStreams, sumMax, type MinuteTimes } from '../schemas/index.js';
import { clickHouseError, type ClickHouse } from './client.js';
import type { FullFacetMinuteRow } from './facet-minutes.js';
import { withQualityOverAll } from './quality-over-all.js';
import { histogramColumns, sumColumns, type StreamMinuteRow } from './stream-minutes.js';

/** Minutes from the first to the last, both included. */
export interface MinuteSpan {
  readonly from: number;
  readonly to: number;
}

const counters = [...sumColumns, ...histogramColumns].join(', ');
const columns = `stream, minute, toUnixTimestamp(time) AS time, quality, browser, ${counters}`;
const facetColumns = `stream, minute, toUnixTimestamp(time) AS time, facet, value, ${counters}`;

/**
 * The counters of cells, added up over a group of them and within their range: a cell's own is at
 * most 2^53, so 128 bits take them all.
 */
const addedUp = [
  ...sumColumns.map((column) => `${inRange(`sum(toUInt128(cell.${column}))`)} AS ${column}`),
  ...histogramColumns.map((column) => {
    const sums = `sumForEach(arrayMap(count -> toUInt128(count), cell.${column}))`;
    return `arrayMap(sum -> ${inRange('sum')}, ${sums}) AS ${column}`;
  }),
].join(', ');

function inRange(sum: string): string {
  return `toUInt64(least(${sum}, ${sumMax}))`;
}

async function select<Row>(
  clickhouse: ClickHouse,
  query: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<Row[]> {
  try {
    const result = await clickhouse.client.query({
      query,
      query_params: { ...parameters },
      format: 'JSONEachRow',
    });
    return await result.json<Row>();
  } catch (error) {
    throw clickHouseError(error);
  }
}

const inSpan = 'minute BETWEEN {from: UInt64} AND {to: UInt64}';
const ofStreams = 'stream IN {streams: Array(String)}';

/**
 * The cells that the raw announces of these streams add up to (the count); version 0. All functions
 * here reject with an AppError (`clickhouse_unavailable`, `clickhouse_rejected`).
 */
export async function readCountedMinutes(
  clickhouse: ClickHouse,
  streams: readonly string[],
  span: MinuteSpan,
): Promise<StreamMinuteRow[]> {
  const from = 'stream_minutes_counted';
  return selectOfStreams(clickhouse, `${columns}, 0 AS version`, from, streams, span);
}

/** The count over all streams, under the name `*`, by the usual qualities. */
export async function readCountedOverAll(
  clickhouse: ClickHouse,
  span: MinuteSpan,
): Promise<StreamMinuteRow[]> {
  return select(
    clickhouse,
    `SELECT {all: String} AS stream, cell.minute AS minute, toUnixTimestamp(any(cell.time)) AS time,
       cell.over_all AS quality, cell.browser AS browser, ${addedUp}, 0 AS version
     FROM
     (
       ${withQualityOverAll}
       SELECT *, quality_over_all(quality) AS over_all FROM stream_minutes_counted WHERE ${inSpan}
     ) AS cell
     GROUP BY cell.minute, cell.over_all, cell.browser`,
    { all: allStreams, ...span },
  );
}

/** The cells that `stream_minutes` holds, each with its highest version. */
export async function readStreamMinutes(
  clickhouse: ClickHouse,
  streams: readonly string[],
  span: MinuteSpan,
): Promise<StreamMinuteRow[]> {
  const from = 'stream_minutes FINAL';
  return selectOfStreams(clickhouse, `${columns}, version`, from, streams, span);
}

/** What the raw announces of these streams tell of facets, but for `untold`; version 0. */
export async function readCountedFacets(
  clickhouse: ClickHouse,
  streams: readonly string[],
  span: MinuteSpan,
): Promise<FullFacetMinuteRow[]> {
  const from = 'stream_minute_facets_counted';
  return selectOfStreams(clickhouse, `${facetColumns}, 0 AS version`, from, streams, span);
}

/** What `stream_minute_facets` holds, each value with its highest version. */
export async function readStreamMinuteFacets(
  clickhouse: ClickHouse,
  streams: readonly string[],
  span: MinuteSpan,
): Promise<FullFacetMinuteRow[]> {
  const from = 'stream_minute_facets FINAL';
  return selectOfStreams(clickhouse, `${facetColumns}, version`, from, streams, span);
}

async function selectOfStreams<Row>(
  clickhouse: ClickHouse,
  columnsRead: string,
  from: string,
  streams: readonly string[],
  span: MinuteSpan,
): Promise<Row[]> {
  const query = `SELECT ${columnsRead} FROM ${from} WHERE ${inSpan} AND ${ofStreams}`;
  return select(clickhouse, query, { streams, ...span });
}

/** A stream that has anything in a span, and how much work counting it is. */
export interface StreamSize {
  readonly stream: string;
  readonly announces: number;
  /** Of cells and facets, as many versions of them as aren't merged yet. */
  readonly rows: number;
}

/** The streams that have raw announces or cells in the span; of those given, if any are. */
export async function readStreamSizes(
  clickhouse: ClickHouse,
  span: MinuteSpan,
  streams: readonly string[],
): Promise<StreamSize[]> {
  return select(
    clickhouse,
    `SELECT stream, sum(announces) AS announces, sum(rows) AS rows FROM
     (
       SELECT stream, count() AS announces, 0 AS rows FROM announces WHERE ${inSpan} GROUP BY stream
       UNION ALL
       SELECT stream, 0 AS announces, count() AS rows FROM stream_minutes WHERE ${inSpan} GROUP BY stream
       UNION ALL
       SELECT stream, 0 AS announces, count() AS rows FROM stream_minute_facets WHERE ${inSpan} GROUP BY stream
     )
     WHERE empty({streams: Array(String)}) OR ${ofStreams}
     GROUP BY stream ORDER BY stream`,
    { streams, ...span },
  );
}

/** What there is to count from. */
export interface RawRange {
  /** The lowest minute of any raw announce or cell; undefined when there's none. */
  readonly firstMinute: number | undefined;
  /** When the first raw announce came, where there are cells of earlier minutes; else undefined. */
  readonly rawFromMs: number | undefined;
  /** How long raw announces are kept. */
  readonly ttlDays: number | undefined;
}

export async function readRawRange(clickhouse: ClickHouse): Promise<RawRange> {
  const [first] = await select<{ raw: number | null; fromMs: number; cells: number | null }>(
    clickhouse,
    `SELECT
       (SELECT if(count() = 0, NULL, min(minute)) FROM announces) AS raw,
       (SELECT toUnixTimestamp64Milli(min(log_append_time)) FROM announces) AS fromMs,
       (SELECT if(count() = 0, NULL, min(minute)) FROM stream_minutes) AS cells`,
    {},
  );
  const raw = first?.raw ?? Infinity;
  const cells = first?.cells ?? Infinity;
  const [table] = await select<{ engine_full: string }>(
    clickhouse,
    `SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'announces'`,
    {},
  );
  const days = /\+ toIntervalDay\((\d+)\)/.exec(table?.engine_full ?? '')?.[1];
  return {
    firstMinute: Math.min(raw, cells) === Infinity ? undefined : Math.min(raw, cells),
    rawFromMs: cells < raw && raw < Infinity ? first?.fromMs : undefined,
    ttlDays: days === undefined ? undefined : Number(days),
  };
}

/** The times that the views count by; undefined when none were stored yet. */
export async function readStoredTimes(clickhouse: ClickHouse): Promise<MinuteTimes | undefined> {
  const [times] = await select<MinuteTimes>(
    clickhouse,
    `SELECT interval_ms AS intervalMs, late_ms AS lateMs, grace_ms AS graceMs FROM cluster_settings
     ORDER BY changed_at DESC LIMIT 1`,
    {},
  );
  return times;
}
