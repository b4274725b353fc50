import { counterNames, counterTable } from '../schemas/index.js';
import { clickHouseError, type ClickHouse } from './client.js';
import type { FacetMinuteRow } from './facet-minutes.js';
import type { StreamMinuteRow } from './stream-minutes.js';

/** A row of `stream_minutes` or of `stream_minute_facets`. */
export type MinuteRow = StreamMinuteRow | FacetMinuteRow;

/** All of a cell, so that an insert names them once, not in each row. */
const cellColumns = [
  'stream',
  'minute',
  'time',
  'quality',
  'browser',
  ...counterNames.map((name) => counterTable[name].column),
  'version',
] as const;

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
  const cells = rows.filter((row): row is StreamMinuteRow => !('facet' in row));
  const options = signal === undefined ? {} : { abort_signal: signal };
  const { client } = clickhouse;
  try {
    if (cells.length > 0) {
      await client.insert({
        ...options,
        table: 'stream_minutes',
        columns: [...cellColumns],
        values: cells.map((cell) => cellColumns.map((column) => cell[column])),
        format: 'JSONCompactEachRow',
      });
    }
    if (facets.length > 0) {
      await client.insert({
        ...options,
        table: 'stream_minute_facets',
        values: facets,
        format: 'JSONEachRow',
      });
    }
  } catch (error) {
    throw clickHouseError(error);
  }
}
