import type { ClickHouse } from '../../clickhouse/index.js';
import { allTargets, type Render, type SeriesPoints } from '../../graphite/index.js';
import type { AnnounceRow, RawRows } from './compare-announces.js';
import { streamBase, totalBase, type Points } from './expected-graphite.js';
import { errorCounters, offloadCounters, viewCounters } from './expected-tables.js';
import { columnOf, sumCounters } from './plain-cell.js';
import type { Row, Table } from './tables.js';

const announceColumns = `stream, session, number, toUnixTimestamp64Milli(time) AS time_ms, minute,
  segment, quality, browser, state, watched_ms, stalled_ms, stalls, startup_ms, cdn_bytes, peer_bytes,
  uploaded_bytes, peers, buffer_length_ms, live_latency_ms, encoded_bitrate_kbps, throughput_kbps,
  playback_rate_percent, dropped_frames, errors, role, viewer, failure, cdn_reason, errors_network,
  errors_media, errors_drm, errors_player, quality_switches, starting_ms, seeking_ms, paused_ms, waiting_ms,
  seeder_bytes, connections_tried, connections_made,
  arrayStringConcat(arraySort(arrayMap((facet, value) -> concat(facet, '=', value), mapKeys(facets), mapValues(facets))), '\n') AS facets`;

const cellColumns = `stream, minute, quality, browser, ${sumCounters.map(columnOf).join(', ')},
  arrayStringConcat(startup_histogram, ',') AS startup_histogram,
  arrayStringConcat(stall_histogram, ',') AS stall_histogram,
  if(arraySum(latency_histogram) = 0, '', arrayStringConcat(latency_histogram, ',')) AS latency_histogram`;

/** Of a value that leaves them out they are empty. */
const facetColumns = `stream, minute, facet, value, ${sumCounters.map(columnOf).join(', ')},
  if(arraySum(startup_histogram) = 0, '', arrayStringConcat(startup_histogram, ',')) AS startup_histogram,
  if(arraySum(stall_histogram) = 0, '', arrayStringConcat(stall_histogram, ',')) AS stall_histogram,
  if(arraySum(latency_histogram) = 0, '', arrayStringConcat(latency_histogram, ',')) AS latency_histogram`;

/** What is read of each table or view, by its name; the names are those of `expectedTables`. */
const tableColumns: Readonly<Record<string, string>> = {
  stream_minutes: cellColumns,
  stream_minutes_counted: cellColumns,
  stream_minute_facets: facetColumns,
  viewers_per_minute:
    'stream, minute, toUnixTimestamp(time) AS time_s, viewers, viewers_average, announces',
  viewers_by_quality: 'stream, minute, quality, viewers, watched_ms',
  browser_usage: 'stream, minute, browser, viewers, watched_ms, share',
  browser_usage_by_quality: 'stream, minute, quality, browser, viewers, watched_ms, share',
  traffic: 'stream, minute, quality, cdn_bytes, peer_bytes, uploaded_bytes',
  offload: 'stream, minute, cdn_bytes, peer_bytes, offload',
  quality_of_experience: `stream, minute, viewers, watched_ms, stalled_ms, stall_ratio, stalls, startups,
    startup_p50_ms, startup_p95_ms, stall_p50_ms, stall_p95_ms, dropped_frames, errors, quality_switches,
    bitrate_kbps, latency_p50_ms, latency_p95_ms, starting_ms, seeking_ms, paused_ms, waiting_ms`,
  views: `stream, minute, ${viewCounters.map(columnOf).join(', ')}`,
  errors_by_kind: `stream, minute, ${errorCounters.map(columnOf).join(', ')}, errors_other`,
  offload_explained: `stream, minute, ${offloadCounters.map(columnOf).join(', ')}, cdn_untold_bytes, cdn_share`,
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
  const isVersioned = name === 'stream_minutes' || name === 'stream_minute_facets';
  const from = isVersioned ? `${name} FINAL` : name;
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

/** What to ask of Graphite for every metric of each of these streams, and over all. */
export function streamTargets(
  prefix: string,
  streams: readonly string[],
  withTotal: boolean,
): (readonly string[])[] {
  const bases = streams.map((stream) => streamBase(prefix, stream));
  if (withTotal) bases.push(totalBase(prefix));
  return bases.map(allTargets);
}

/** Every metric that these find, one request for each list; its points of [fromMs, untilMs). */
export async function readPoints(
  render: Render,
  targets: readonly (readonly string[])[],
  fromMs: number,
  untilMs: number,
): Promise<Points> {
  const points = new Map<string, SeriesPoints>();
  for (const ofOne of targets) {
    const series = await render({ targets: ofOne, fromMs, untilMs });
    for (const one of series) points.set(one.name, one.points);
  }
  return points;
}
