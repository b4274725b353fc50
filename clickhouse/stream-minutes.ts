import { clickHouseError, type ClickHouse } from './client.js';

/** A row of `stream_minutes`: one cell. Of two rows of one cell the one with the higher version counts. */
export interface StreamMinuteRow {
  readonly stream: string;
  readonly minute: number;
  /** Unix seconds of the minute's start. */
  readonly time: number;
  readonly quality: string;
  readonly browser: string;
  readonly viewers: number;
  readonly announces: number;
  readonly watched_ms: number;
  readonly stalled_ms: number;
  readonly stalls: number;
  readonly cdn_bytes: number;
  readonly peer_bytes: number;
  readonly uploaded_bytes: number;
  readonly dropped_frames: number;
  readonly errors: number;
  readonly startup_histogram: readonly number[];
  readonly stall_histogram: readonly number[];
  readonly version: number;
}

/** The counters of a row that are plain sums; with the two histograms they are all of a cell. */
export const plainColumns = [
  'viewers',
  'announces',
  'watched_ms',
  'stalled_ms',
  'stalls',
  'cdn_bytes',
  'peer_bytes',
  'uploaded_bytes',
  'dropped_frames',
  'errors',
] as const;

/**
 * Writes cells in one insert; resolves when ClickHouse has taken all of them. A repeat does no harm.
 * Rejects with an AppError (`clickhouse_unavailable`, `clickhouse_rejected`; both retryable): then
 * any part of them may stand in the table.
 */
export async function insertStreamMinutes(
  clickhouse: ClickHouse,
  rows: readonly StreamMinuteRow[],
  signal?: AbortSignal,
): Promise<void> {
  if (rows.length === 0) return;
  try {
    await clickhouse.client.insert({
      table: 'stream_minutes',
      values: rows,
      format: 'JSONEachRow',
      ...(signal === undefined ? {} : { abort_signal: signal }),
    });
  } catch (error) {
    throw clickHouseError(error);
  }
}
