import { clickHouseError, type ClickHouse } from './client.js';
import type { FacetMinuteRow } from './facet-minutes.js';
import type { StreamMinuteRow } from './stream-minutes.js';

/** A row of `stream_minutes` or of `stream_minute_facets`. */
export type MinuteRow = StreamMinuteRow | FacetMinuteRow;

/**
 * Writes cells and facets, in one insert for each; resolves when ClickHouse has taken all of them.
 * A repeat does no harm. Rejects with an AppError (`clickhouse_unavailable`, `clickhouse_rejected`,
 * both retryable, or `clickhouse_refused_rows`): then any part of them may stand in the tables.
 */
export async function insertStreamMinutes(
  clickhouse: ClickHouse,
  rows: readonly MinuteRow[],
  signal?: AbortSignal,
): Promise<void> {
  const facets = rows.filter((row) => 'facet' in row);
  const cells = facets.length === 0 ? rows : rows.filter((row) => !('facet' in row));
  await insert(clickhouse, 'stream_minutes', cells, signal);
  await insert(clickhouse, 'stream_minute_facets', facets, signal);
}

async function insert(
  clickhouse: ClickHouse,
  table: string,
  rows: readonly MinuteRow[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (rows.length === 0) return;
  try {
    await clickhouse.client.insert({
      table,
      values: rows,
      format: 'JSONEachRow',
      ...(signal === undefined ? {} : { abort_signal: signal }),
    });
  } catch (error) {
    throw clickHouseError(error);
  }
}
