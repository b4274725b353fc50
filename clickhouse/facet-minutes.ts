import type { CounterColumns, FacetCell } from '../schemas/index.js';
import { columnsOf, countsOfColumns, type CellPlace } from './stream-minutes.js';

/**
 * What is written into `stream_minute_facets`: a value of a facet in a stream's minute, its counts
 * as they are, since there are many that wait. Of two rows of one value the one with the higher
 * version counts.
 */
export interface FacetMinuteRow extends CellPlace, FacetCell {
  /** Unix seconds of the minute's start. */
  readonly time: number;
}

/** The same with its counters in columns, as it is read. */
export interface FullFacetMinuteRow extends Omit<FacetMinuteRow, 'counts'>, CounterColumns {}

/** The row with its counters in columns. */
export function fullFacetRow({ counts, ...row }: FacetMinuteRow): FullFacetMinuteRow {
  return { ...row, ...columnsOf(counts) };
}

/** The facet's value of a row. */
export function facetCellOfRow(row: FullFacetMinuteRow): FacetCell {
  const { facet, value } = row;
  return { facet, value, counts: countsOfColumns(row) };
}
