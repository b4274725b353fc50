import { Readable } from 'node:stream';
import { clickHouseError, type ClickHouse } from '../clickhouse/index.js';
import { announceColumns } from './announce-rows.js';

/** Inserts encoded rows; resolves when ClickHouse has all of them. */
export type InsertRows = (rows: readonly Buffer[], signal: AbortSignal) => Promise<void>;

const insertStatement = `INSERT INTO announces (${announceColumns.join(', ')}) FORMAT RowBinary`;

/**
 * One insert of RowBinary rows into `announces`. Rejects with an AppError
 * (`clickhouse_unavailable`, `clickhouse_rejected`, `clickhouse_refused_rows`): then any part of
 * the rows may stand there, and a repeat collapses.
 */
export function announceTable(clickhouse: ClickHouse): InsertRows {
  return async (rows, signal) => {
    try {
      const { stream } = await clickhouse.client.exec({
        query: insertStatement,
        values: Readable.from(rows, { objectMode: false }),
        abort_signal: signal,
      });
      // The answer is empty; its connection is free again once it was read.
      await stream.toArray();
    } catch (error) {
      throw clickHouseError(error);
    }
  };
}
