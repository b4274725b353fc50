import {
  browsers,
  counterNames,
  countersOf,
  counterTable,
  countsOf,
  histogramNames,
  sumNames,
  type Browser,
  type Cell,
  type CounterColumns,
  type Counters,
  type Counts,
} from '../schemas/index.js';

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

/** What is written into `stream_minutes`: a cell, its counts as they are. */
export interface CellMinuteRow extends Omit<StreamMinuteRow, keyof CounterColumns> {
  readonly counts: Counts;
}

/** The row of a cell, or of a facet's value. */
export function minuteRow<Counted extends { readonly counts: Counts }>(
  { stream, minute, version }: CellPlace,
  counted: Counted,
  intervalMs: number,
): Counted & Pick<CellMinuteRow, 'stream' | 'minute' | 'time' | 'version'> {
  const time = Math.floor((minute * intervalMs) / 1_000);
  return { stream, minute, time, version, ...counted };
}

/** A cell's row with its counters in columns. */
export function streamMinuteRow(place: CellPlace, cell: Cell, intervalMs: number): StreamMinuteRow {
  const { counts, ...row } = minuteRow(place, cell, intervalMs);
  return { ...row, ...columnsOf(counts) };
}

/** The cell of a row. */
export function cellOfRow(row: StreamMinuteRow): Cell {
  const browser: Browser = browsers.find((one) => one === row.browser) ?? 'Other';
  return { quality: row.quality, browser, counts: countsOfColumns(row) };
}

export function columnsOf(counts: Counts): CounterColumns {
  const counters = countersOf(counts);
  return Object.fromEntries<unknown>(
    counterNames.map((name) => [counterTable[name].column, counters[name]]),
  ) as CounterColumns;
}

export function countsOfColumns(columns: CounterColumns): Counts {
  const counters = counterNames.map((name) => [name, columns[counterTable[name].column]]);
  return countsOf(Object.fromEntries(counters) as Counters);
}
