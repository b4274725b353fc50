import {
  histogramColumns,
  minuteRow,
  fullFacetRow,
  streamMinuteRow,
  sumColumns,
  type FullFacetMinuteRow,
  type StreamMinuteRow,
} from '../../clickhouse/index.js';
import { sumMax } from '../../schemas/index.js';
import type { Difference } from './differences.js';

/** A row of either table, with all counters. */
export type AuditRow = StreamMinuteRow | FullFacetMinuteRow;

/** Which cell, or which value of a facet, a row is of. */
function placeOf(row: AuditRow): Pick<Difference, 'quality' | 'browser' | 'facet' | 'value'> {
  return 'facet' in row
    ? { facet: row.facet, value: row.value }
    : { quality: row.quality, browser: row.browser };
}

/** A key of the row among all streams and minutes. NUL is in no name. */
export function rowKey(row: AuditRow): string {
  return [row.stream, row.minute, ...Object.entries(placeOf(row)).flat()].join('\0');
}

/** True: a sum of the row stands at its bound, and means at least that. */
export function isAtBound(row: AuditRow): boolean {
  return (
    sumColumns.some((column) => row[column] >= sumMax) ||
    histogramColumns.some((column) => row[column].some((count) => count >= sumMax))
  );
}

/** The key of a row: its stream and minute, and the cell within them. */
type RowKey = Pick<StreamMinuteRow, 'stream' | 'minute' | 'quality' | 'browser'>;

const nothing = { quality: '', browser: 'Other', counts: [] } as const;

/** The row of a cell that nothing was counted in. */
export function emptyRow(like: RowKey, intervalMs: number): StreamMinuteRow {
  const { stream, minute, quality, browser } = like;
  return {
    ...streamMinuteRow({ stream, minute, version: 0 }, nothing, intervalMs),
    quality,
    browser,
  };
}

/** The same of either table. */
export function emptyLike(row: AuditRow, intervalMs: number): AuditRow {
  if (!('facet' in row)) return emptyRow(row, intervalMs);
  const { stream, minute, facet, value } = row;
  const place = { stream, minute, version: 0 };
  return fullFacetRow(minuteRow(place, { facet, value, counts: [] }, intervalMs));
}

/**
 * Every counter in which a stored row is not as it should be; a row that is absent is all zeros.
 */
export function cellDifferences(
  expected: AuditRow | undefined,
  found: AuditRow | undefined,
  intervalMs: number,
): Difference[] {
  const like = expected ?? found;
  if (like === undefined) return [];
  const should = expected ?? emptyLike(like, intervalMs);
  const is = found ?? emptyLike(like, intervalMs);
  const differences: Difference[] = [];
  const compare = (counter: string, wanted: number, got: number): void => {
    if (wanted === got) return;
    const { stream, minute } = like;
    differences.push({
      sink: 'clickhouse',
      stream,
      minute,
      ...placeOf(like),
      counter,
      expected: wanted,
      found: got,
    });
  };
  compare('time', should.time, is.time);
  for (const column of sumColumns) compare(column, should[column], is[column]);
  for (const column of histogramColumns) {
    const buckets = Math.max(should[column].length, is[column].length);
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      compare(`${column}[${bucket}]`, should[column][bucket] ?? 0, is[column][bucket] ?? 0);
    }
  }
  return differences;
}

/** A cell that is not as it should be. */
export interface WrongCell {
  readonly expected: AuditRow | undefined;
  readonly found: AuditRow | undefined;
  readonly differences: readonly Difference[];
}

/** Compares the count with what is stored, cell by cell; in the order of stream and minute. */
export function wrongCells(
  counted: readonly AuditRow[],
  stored: readonly AuditRow[],
  intervalMs: number,
): WrongCell[] {
  const found = new Map(stored.map((row) => [rowKey(row), row]));
  const wrong: WrongCell[] = [];
  const compare = (is: AuditRow | undefined, should: AuditRow | undefined): void => {
    const differences = cellDifferences(should, is, intervalMs);
    if (differences.length > 0) wrong.push({ expected: should, found: is, differences });
  };
  for (const row of counted) {
    const key = rowKey(row);
    compare(found.get(key), row);
    found.delete(key);
  }
  for (const row of found.values()) compare(row, undefined);
  return wrong.sort((left, right) => compareRows(rowOf(left), rowOf(right)));
}

function rowOf({ expected, found }: WrongCell): AuditRow | undefined {
  return expected ?? found;
}

function compareRows(left?: AuditRow, right?: AuditRow): number {
  if (left === undefined || right === undefined) return 0;
  if (left.stream !== right.stream) return left.stream < right.stream ? -1 : 1;
  if (left.minute !== right.minute) return left.minute - right.minute;
  return rowKey(left) < rowKey(right) ? -1 : 1;
}
