import type { Cell } from '../schemas/index.js';
import { clickHouseError, type ClickHouse } from './client.js';

/** A cell as `stream_minutes` holds it. */
export interface StreamMinute {
  readonly stream: string;
  readonly minute: number;
  /** Of two rows of one cell the one with the higher version counts. */
  readonly version: number;
  readonly cell: Cell;
}

const columns = [
  'stream',
  'minute',
  'time',
  'quality',
  'browser',
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
  'startup_histogram',
  'stall_histogram',
  'version',
] as const;

function valuesOf({ stream, minute, version, cell }: StreamMinute, intervalMs: number): unknown[] {
  return [
    stream,
    minute,
    Math.floor((minute * intervalMs) / 1_000),
    cell.quality,
    cell.browser,
    cell.viewers,
    cell.announces,
    cell.watchedMs,
    cell.stalledMs,
    cell.stalls,
    cell.cdnBytes,
    cell.peerBytes,
    cell.uploadedBytes,
    cell.droppedFrames,
    cell.errors,
    cell.startupHistogram,
    cell.stallHistogram,
    version,
  ];
}

/**
 * Writes cells in one insert; resolves when ClickHouse has taken all of them. A repeat does no harm.
 * Rejects with an AppError (`clickhouse_unavailable`, `clickhouse_rejected`; both retryable): then
 * any part of them may stand in the table.
 */
export async function insertStreamMinutes(
  clickhouse: ClickHouse,
  rows: readonly StreamMinute[],
  intervalMs: number,
  signal?: AbortSignal,
): Promise<void> {
  if (rows.length === 0) return;
  try {
    await clickhouse.client.insert({
      table: 'stream_minutes',
      columns: [...columns],
      values: rows.map((row) => valuesOf(row, intervalMs)),
      format: 'JSONCompactEachRow',
      ...(signal === undefined ? {} : { abort_signal: signal }),
    });
  } catch (error) {
    throw clickHouseError(error);
  }
}
