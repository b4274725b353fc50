import type { AttackersStatus } from './attackers-process.js';
import type { Place } from './place.js';

/** What stands in ClickHouse of the stream that was attacked. */
export interface HostileSums {
  /** Minutes with a cell. */
  readonly minutes: number;
  readonly sessions: number;
  readonly announces: number;
  /** The most bytes in a minute, all sessions together, and the sessions of that minute. */
  readonly minuteBytesMax: number;
  readonly minuteSessions: number;
  /** Of what the sessions of a minute can be believed to have fetched in it: the most, 0 to 1. */
  readonly minuteShareMax: number;
  /** The same of one session over all of its time, of each kind. */
  readonly sessionBytesShareMax: number;
  readonly sessionPlayedShareMax: number;
  readonly sessionAnnouncesShareMax: number;
  /** Different values of all of its facets. */
  readonly facetValues: number;
}

const answerMsMax = 60_000;
/** Between a tracker's clock and the brokers'. */
const clockSlackMs = 2_000;

/**
 * Reads them and holds them to what a session may tell: in any time, what is possible in that time
 * and in `budgetMs` before it, once for each tracker.
 */
export async function readHostileSums(
  place: Place,
  stream: string,
  { limits, announceIntervalMs }: AttackersStatus['told'],
): Promise<HostileSums> {
  const { intervalMs } = place.times;
  const { budgetMs, mbpsMax, playedPercentMax, announcesPerIntervalMax } = limits;
  const parameters = {
    stream,
    trackers: place.trackers.length,
    budgetMs: budgetMs + clockSlackMs,
    // Of a minute announces may come so early and so late.
    minuteMs: budgetMs + clockSlackMs + limits.oldestMs + limits.aheadMs + intervalMs,
    bytesPerMs: mbpsMax * 125,
    playedShare: playedPercentMax / 100,
    announcesPerMs: announcesPerIntervalMax / announceIntervalMs,
  };
  const [row] = await select<Record<string, number>>(place, sumsQuery, parameters);
  if (row === undefined) throw new Error('ClickHouse has no answer');
  const value = (name: string): number => row[name] ?? 0;
  return {
    minutes: value('minutes'),
    sessions: value('sessions'),
    announces: value('announces'),
    minuteBytesMax: value('minute_bytes'),
    minuteSessions: value('minute_sessions'),
    minuteShareMax: value('minute_share'),
    sessionBytesShareMax: value('bytes_share'),
    sessionPlayedShareMax: value('played_share'),
    sessionAnnouncesShareMax: value('announces_share'),
    facetValues: value('facet_values'),
  };
}

const sumsQuery = `
WITH
  cells AS (
    SELECT minute, sum(cdn_bytes + peer_bytes) AS bytes FROM stream_minutes FINAL
    WHERE stream = {stream: String} GROUP BY minute),
  raw AS (SELECT * FROM announces_counted WHERE stream = {stream: String}),
  ofMinutes AS (SELECT minute, uniqExact(session) AS sessions FROM raw GROUP BY minute),
  ofSessions AS (
    SELECT session, sum(cdn_bytes + peer_bytes) AS bytes, sum(watched_ms + stalled_ms) AS played,
      count() AS announces,
      {trackers: Float64} * ({budgetMs: Float64} + dateDiff('millisecond', min(log_append_time),
        max(log_append_time))) AS allowed_ms
    FROM raw GROUP BY session)
SELECT
  (SELECT count() FROM cells) AS minutes,
  (SELECT count() FROM ofSessions) AS sessions,
  (SELECT count() FROM raw) AS announces,
  (SELECT max(bytes) FROM cells) AS minute_bytes,
  (SELECT argMax(sessions, bytes) FROM cells JOIN ofMinutes USING (minute)) AS minute_sessions,
  (SELECT max(bytes / (sessions * {trackers: Float64} * {minuteMs: Float64} * {bytesPerMs: Float64}))
    FROM cells JOIN ofMinutes USING (minute)) AS minute_share,
  (SELECT max(bytes / (allowed_ms * {bytesPerMs: Float64})) FROM ofSessions) AS bytes_share,
  (SELECT max(played / (allowed_ms * {playedShare: Float64})) FROM ofSessions) AS played_share,
  (SELECT max(announces / (allowed_ms * {announcesPerMs: Float64})) FROM ofSessions) AS announces_share,
  (SELECT uniqExact(facet, value) FROM stream_minute_facets WHERE stream = {stream: String})
    AS facet_values
FORMAT JSONEachRow`;

async function select<Row>(
  { clickhouse }: Place,
  query: string,
  parameters: Readonly<Record<string, string | number>>,
): Promise<readonly Row[]> {
  const url = new URL(clickhouse.url);
  url.searchParams.set('database', clickhouse.database);
  url.searchParams.set('output_format_json_quote_64bit_integers', '0');
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(`param_${name}`, String(value));
  }
  const response = await fetch(url, {
    method: 'POST',
    body: query,
    signal: AbortSignal.timeout(answerMsMax),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
