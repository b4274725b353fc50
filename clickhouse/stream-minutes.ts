import {
  browsers,
  counterFields,
  counterNames,
  counterOf,
  counterTable,
  histogramNames,
  sumNames,
  writtenFunction,
  type Browser,
  type Cell,
  type CounterColumns,
  type Counters,
} from '../schemas/index.js';
import { clickHouseError, type ClickHouse } from './client.js';

/**
 * A row of `stream_minutes`: one cell. Of two rows of one cell the one with the higher version
 * counts.
 */
export interface StreamMinuteRow extends CounterColumns {
  readonly stream: string;
  readonly minute: number;
  /** Unix seconds of the minute's start. */
  readonly time: number;
  readonly quality: string;
  readonly browser: string;
  readonly version: number;
}

/** The counters of a row that are plain sums; with the histograms they are all of a cell. */
export const sumColumns = sumNames.map((name) => counterTable[name].column);
export const histogramColumns = histogramNames.map((name) => counterTable[name].column);

/** Where a cell belongs. */
export interface CellPlace {
  readonly stream: string;
  readonly minute: number;
  readonly version: number;
}

type CellOfRow = Counters & { readonly quality: string; readonly browser: string };

const columns = counterNames.map((name) => `${counterOf(name).column}: cell.${name}`);

/** The row of a cell. */
export const streamMinuteRow =
  writtenFunction(`return function streamMinuteRow(place, cell, intervalMs) {
  return {
    stream: place.stream,
    minute: place.minute,
    time: Math.floor((place.minute * intervalMs) / 1000),
    quality: cell.quality,
    browser: cell.browser,
    ${columns.join(', ')},
    version: place.version,
  };
};`) as (place: CellPlace, cell: CellOfRow, intervalMs: number) => StreamMinuteRow;

const fields = counterFields((name) => {
  const { column, boundsMs } = counterOf(name);
  return boundsMs === undefined ? `row.${column}` : `row.${column}.slice()`;
});
const countersOf = writtenFunction(`return (row) => ({ ${fields} });`) as (
  row: CounterColumns,
) => Counters;

/** The cell of a row. */
export function cellOf(row: StreamMinuteRow): Cell {
  const browser: Browser = browsers.find((one) => one === row.browser) ?? 'Other';
  return { quality: row.quality, browser, ...countersOf(row) };
}

/**
 * Writes cells in one insert; resolves when ClickHouse has taken all of them. A repeat does no
 * harm. Rejects with an AppError (`clickhouse_unavailable`, `clickhouse_rejected`, both retryable,
 * or `clickhouse_refused_rows`): then any part of them may stand in the table.
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
