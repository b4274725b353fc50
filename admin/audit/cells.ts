import {
  histogramColumns,
  streamMinuteRow,
  sumColumns,
  type StreamMinuteRow,
} from '../../clickhouse/index.js';
import type { Difference } from './differences.js';

/** A key of the cell among all streams and minutes. NUL is in no name. */
export function rowKey(row: StreamMinuteRow): string {
  return [row.stream, row.minute, row.quality, row.browser].join('\0');
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

/**
 * Every counter in which a stored row is not as it should be; a row that is absent is all zeros.
 */
export function cellDifferences(
  expected: StreamMinuteRow | undefined,
  found: StreamMinuteRow | undefined,
  intervalMs: number,
): Difference[] {
  const like = expected ?? found;
  if (like === undefined) return [];
  const should = expected ?? emptyRow(like, intervalMs);
  const is = found ?? emptyRow(like, intervalMs);
  const differences: Difference[] = [];
  const compare = (counter: string, wanted: number, got: number): void => {
    if (wanted === got) return;
    const { stream, minute, quality, browser } = like;
    differences.push({
      sink: 'clickhouse',
      stream,
      minute,
      quality,
      browser,
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
  readonly expected: StreamMinuteRow | undefined;
  readonly found: StreamMinuteRow | undefined;
  readonly differences: readonly Difference[];
}

/** Compares the count with what is stored, cell by cell; in the order of stream and minute. */
export function wrongCells(
  counted: readonly StreamMinuteRow[],
  stored: readonly StreamMinuteRow[],
  intervalMs: number,
): WrongCell[] {
  const found = new Map(stored.map((row) => [rowKey(row), row]));
  const wrong: WrongCell[] = [];
  const compare = (is: StreamMinuteRow | undefined, should: StreamMinuteRow | undefined): void => {
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

function rowOf({ expected, found }: WrongCell): StreamMinuteRow | undefined {
  return expected ?? found;
}

function compareRows(left?: StreamMinuteRow, right?: StreamMinuteRow): number {
  if (left === undefined || right === undefined) return 0;
  if (left.stream !== right.stream) return left.stream < right.stream ? -1 : 1;
  if (left.minute !== right.minute) return left.minute - right.minute;
  return rowKey(left) < rowKey(right) ? -1 : 1;
}
