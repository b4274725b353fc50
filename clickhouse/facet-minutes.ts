import {
  countAt,
  countsOf,
  emptyCounters,
  counterNames,
  counterOf,
  counterTable,
  placesOf,
  type CounterColumns,
  type Counters,
  type FacetCell,
} from '../schemas/index.js';
import type { CellPlace } from './stream-minutes.js';

/**
 * A row of `stream_minute_facets`: a value of a facet in a stream's minute. Counters that are 0 are
 * left out: of all that can be counted most values have little. Of two rows of one value the one
 * with the higher version counts.
 */
export interface FacetMinuteRow extends Partial<CounterColumns> {
  readonly stream: string;
  readonly minute: number;
  /** Unix seconds of the minute's start. */
  readonly time: number;
  readonly facet: string;
  readonly value: string;
  readonly version: number;
}

/** The same with all counters, as it is read. */
export interface FullFacetMinuteRow
  extends Omit<FacetMinuteRow, keyof CounterColumns>, CounterColumns {}

interface Column {
  readonly name: keyof CounterColumns;
  /** Of a histogram. */
  readonly buckets: number | undefined;
  readonly first: number;
}

const columnAt: (Column | undefined)[] = [];
for (const name of counterNames) {
  const { place, column, boundsMs } = counterOf(name);
  const buckets = boundsMs === undefined ? undefined : placesOf(name);
  for (let at = place; at < place + placesOf(name); at += 1) {
    columnAt[at] = { name: column as keyof CounterColumns, buckets, first: place };
  }
}

/** The row of a facet's value. */
export function facetMinuteRow(
  { stream, minute, version }: CellPlace,
  { facet, value, counts }: FacetCell,
  intervalMs: number,
): FacetMinuteRow {
  const columns: Record<string, number | number[]> = {};
  for (let at = 0; at < counts.length; at += 2) {
    const column = columnAt[counts[at] ?? -1];
    if (column === undefined) continue;
    const { name, buckets, first } = column;
    if (buckets === undefined) columns[name] = counts[at + 1] ?? 0;
    else {
      columns[name] ??= Array.from({ length: buckets }, (_, bucket) =>
        countAt(counts, first + bucket),
      );
    }
  }
  const time = Math.floor((minute * intervalMs) / 1_000);
  return { stream, minute, time, facet, value, ...columns, version };
}

const none = emptyCounters();
const noCounters = Object.fromEntries<unknown>(
  counterNames.map((name) => [counterTable[name].column, none[name]]),
) as CounterColumns;

/** The row with the counters that it leaves out. */
export function fullFacetRow(row: FacetMinuteRow): FullFacetMinuteRow {
  return { ...noCounters, ...row };
}

/** The facet's value of a row. */
export function facetCellOfRow(row: FullFacetMinuteRow): FacetCell {
  const { facet, value } = row;
  const counters = counterNames.map((name) => [name, row[counterTable[name].column]]);
  return { facet, value, counts: countsOf(Object.fromEntries(counters) as Counters) };
}
