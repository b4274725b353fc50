import { Readable } from 'node:stream';
import {
  counterNames,
  counterOf,
  placesMax,
  placesOf,
  writtenFunction,
  type FacetCell,
} from '../schemas/index.js';
import { ReusedMemory } from '../service/reused-memory.js';
import { clickHouseError, type ClickHouse } from './client.js';
import { facetCellOfRow, type FacetMinuteRow, type FullFacetMinuteRow } from './facet-minutes.js';
import { RowBinaryWriter } from './row-binary.js';
import type { StreamMinuteRow } from './stream-minutes.js';

/** A row of `stream_minutes` or of `stream_minute_facets`. */
export type MinuteRow = StreamMinuteRow | FacetMinuteRow;

/** Rows of both tables, gone through once, while they are sent. */
export interface MinuteRows {
  readonly cells: Iterable<StreamMinuteRow>;
  readonly facets: Iterable<FacetMinuteRow | FullFacetMinuteRow>;
}

/** So much is encoded and sent at a time. */
const chunkBytes = 128 * 1_024;

/** What was sent and answered is written into again: a minute of 10 000 streams is 100 MB. */
const memory = new ReusedMemory(16 * 1_024 * 1_024);

const counterColumns = counterNames.map((name) => counterOf(name).column);

/** The sums of a row by their places, made once and used again and again. */
const sums = new Float64Array(placesMax);

/** In the order of the columns: places that stand side by side, alone or as one array. */
const runs: { readonly first: number; length: number; readonly isArray: boolean }[] = [];
for (const name of counterNames) {
  const { place, boundsMs } = counterOf(name);
  const isArray = boundsMs !== undefined;
  const before = runs.at(-1);
  if (!isArray && before?.isArray === false && place === before.first + before.length) {
    before.length += 1;
  } else runs.push({ first: place, length: placesOf(name), isArray });
}

/**
 * The counters of a row that counts nothing, and by place where each begins in these bytes; −1: it
 * has no column.
 */
const noCounters = { bytes: encodedSums(), offsets: new Int32Array(placesMax).fill(-1) };
let runStart = 0;
for (const { first, length, isArray } of runs) {
  // The length of an array takes one byte.
  if (isArray) runStart += 1;
  for (let at = 0; at < length; at += 1) noCounters.offsets[first + at] = runStart + 8 * at;
  runStart += 8 * length;
}

/** Puts a row's counters at their places. */
const readColumns = writtenFunction(`return function readColumns(sums, row) {
  ${counterNames
    .map((name) => {
      const { column, place } = counterOf(name);
      const at = (bucket: number): string =>
        `sums[${place + bucket}] = row.${column}${placesOf(name) > 1 ? `[${bucket}]` : ''};`;
      return Array.from({ length: placesOf(name) }, (_, bucket) => at(bucket)).join(' ');
    })
    .join('\n')}
};`) as (sums: Float64Array, row: StreamMinuteRow) => void;

/**
 * Writes cells and facets, in one insert for each; resolves when ClickHouse has taken all of them.
 * A repeat does no harm. Rejects with an AppError (`clickhouse_unavailable`, `clickhouse_rejected`,
 * both retryable, or `clickhouse_refused_rows`): then any part of them may stand in the tables.
 */
export async function insertMinuteRows(
  clickhouse: ClickHouse,
  { cells, facets }: MinuteRows,
): Promise<void> {
  try {
    const encodedCells = encodedRows(cells, writeCell);
    await insert(clickhouse, 'stream_minutes', ['quality', 'browser'], encodedCells);
    const encodedFacets = encodedRows(facets, writeFacet);
    await insert(clickhouse, 'stream_minute_facets', ['facet', 'value'], encodedFacets);
  } catch (error) {
    throw clickHouseError(error);
  }
}

/** As `insertMinuteRows`, of rows that are all there. */
export function insertStreamMinutes(
  clickhouse: ClickHouse,
  rows: readonly (MinuteRow | FullFacetMinuteRow)[],
): Promise<void> {
  const facets = rows.filter((row) => 'facet' in row);
  const cells = rows.filter((row): row is StreamMinuteRow => !('facet' in row));
  return insertMinuteRows(clickhouse, { cells, facets });
}

async function insert(
  { client }: ClickHouse,
  table: string,
  within: readonly string[],
  encoded: Iterator<Buffer, void>,
): Promise<void> {
  const first = encoded.next();
  if (first.done === true) return;
  const sent: Buffer[] = [];
  const columns = ['stream', 'minute', 'time', ...within, ...counterColumns, 'version'];
  const { stream } = await client.exec({
    query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT RowBinary`,
    values: Readable.from(sending(first, encoded, sent), { objectMode: false }),
  });
  // The answer is empty; its connection is free again once it was read.
  await stream.toArray();
  for (const { buffer } of sent) memory.giveBack(buffer);
}

/** Chunks, each of which is put down as sent. */
function* sending(
  first: IteratorResult<Buffer, void>,
  rest: Iterator<Buffer, void>,
  sent: Buffer[],
): Generator<Buffer, void, undefined> {
  for (let next = first; next.done !== true; next = rest.next()) {
    sent.push(next.value);
    yield next.value;
  }
}

/** Rows, chunk by chunk as they are sent. `write`: what stands between a minute and its version. */
function* encodedRows<Row extends Omit<FacetMinuteRow, keyof FacetCell>>(
  rows: Iterable<Row>,
  write: (writer: RowBinaryWriter, row: Row) => void,
): Generator<Buffer, void, undefined> {
  const writer = new RowBinaryWriter(2 * chunkBytes);
  for (const row of rows) {
    writer.string(row.stream);
    writer.uint64(row.minute);
    writer.uint32(row.time);
    write(writer, row);
    writer.uint64(row.version);
    if (writer.length >= chunkBytes) yield writer.take(memory);
  }
  if (writer.length > 0) yield writer.take(memory);
}

function writeCell(writer: RowBinaryWriter, row: StreamMinuteRow): void {
  writer.string(row.quality);
  writer.string(row.browser);
  readColumns(sums, row);
  writeSums(writer);
}

function writeFacet(writer: RowBinaryWriter, row: FacetMinuteRow | FullFacetMinuteRow): void {
  const { facet, value, counts } = 'counts' in row ? row : facetCellOfRow(row);
  writer.string(facet);
  writer.string(value);
  const start = writer.length;
  writer.raw(noCounters.bytes);
  for (let at = 0; at < counts.length; at += 2) {
    const offset = noCounters.offsets[counts[at] ?? 0] ?? -1;
    if (offset >= 0) writer.putUint64(start + offset, counts[at + 1] ?? 0);
  }
}

function encodedSums(): Buffer {
  const writer = new RowBinaryWriter();
  writeSums(writer);
  return writer.take();
}

function writeSums(writer: RowBinaryWriter): void {
  for (const { first, length, isArray } of runs) {
    if (isArray) writer.lengthOf(length);
    writer.uint64s(sums, first, length);
  }
}
