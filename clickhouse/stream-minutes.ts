import {
  browsers,
  cellOf,
  counterNames,
  counterOf,
  counterTable,
  CountsSum,
  histogramNames,
  placesOf,
  sumNames,
  writtenFunction,
  type Browser,
  type Cell,
  type CounterColumns,
  type Counters,
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

const sum = new CountsSum();
const columnSources = counterNames.map((name) => {
  const { place, column, boundsMs } = counterOf(name);
  const values = Array.from({ length: placesOf(name) }, (_, at) => `sums[${place + at}]`);
  return boundsMs === undefined ? `${column}: ${values[0]}` : `${column}: [${values.join(', ')}]`;
});
const madeRow = writtenFunction(`return function madeRow(place, cell, time, sums) {
  return {
    stream: place.stream, minute: place.minute, time,
    quality: cell.quality, browser: cell.browser,
    ${columnSources.join(', ')},
    version: place.version,
  };
};`) as (place: CellPlace, cell: Cell, time: number, sums: Float64Array) => StreamMinuteRow;

/** The row of a cell. */
export function streamMinuteRow(place: CellPlace, cell: Cell, intervalMs: number): StreamMinuteRow {
  sum.clear();
  sum.add(cell.counts);
  return madeRow(place, cell, Math.floor((place.minute * intervalMs) / 1_000), sum.sums);
}

/** The cell of a row. */
export function cellOfRow(row: StreamMinuteRow): Cell {
  const browser: Browser = browsers.find((one) => one === row.browser) ?? 'Other';
  const counters = counterNames.map((name) => [name, row[counterTable[name].column]]);
  return cellOf({
    quality: row.quality,
    browser,
    ...(Object.fromEntries(counters) as Counters),
  });
}
