import { Readable } from 'node:stream';
import { counterNames, counterOf, placesMax, placesOf, writtenFunction } from '../schemas/index.js';
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

/** `Within`: its columns of texts by which it differs from others of its minute and stream. */
type RowWith<Within extends string> = Pick<
  StreamMinuteRow,
  'stream' | 'minute' | 'time' | 'version'
> &
  Readonly<Record<Within, string>>;
/** Puts a row's counters into the block that is written, as its row so far from the first. */
type PutCounters<Row> = (writer: RowBinaryWriter, row: Row, at: number) => void;

/** So many rows are encoded and sent at a time. */
const blockRows = 2_048;
/** With its texts a row is seldom larger. */
const rowBytes = 800;

/** What was sent and answered is written into again: a minute of 10 000 streams is 100 MB. */
const memory = new ReusedMemory(64 * 1_024 * 1_024);

const counterColumns = counterNames.map((name) => counterOf(name).column);

/** The sums of a row by their places, made once and used again and again. */
const sums = new Float64Array(placesMax);

/** By place, in the block that is written: where it has its number of the first row; 0: nowhere. */
const placeStarts = new Uint32Array(placesMax);
/** By place: how far apart its numbers are. */
const placeStrides = new Uint32Array(placesMax);
for (const name of counterNames) {
  const places = placesOf(name);
  const { place } = counterOf(name);
  placeStrides.fill(8 * places, place, place + places);
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
    await insert(clickhouse, 'stream_minutes', cells, ['quality', 'browser'], putCell);
    await insert(clickhouse, 'stream_minute_facets', facets, ['facet', 'value'], putFacet);
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

async function insert<Within extends string, Row extends RowWith<Within>>(
  { client }: ClickHouse,
  table: string,
  rows: Iterable<Row>,
  within: readonly Within[],
  putCounters: PutCounters<Row>,
): Promise<void> {
  const blocks = encodedBlocks(rows, within, putCounters);
  const first = blocks.next();
  if (first.done === true) return;
  const sent: Buffer[] = [];
  const columns = ['stream', 'minute', 'time', ...within, ...counterColumns, 'version'];
  const { stream } = await client.exec({
    query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT Native`,
    values: Readable.from(sending(first, blocks, sent), { objectMode: false }),
  });
  // The answer is empty; its connection is free again once it was read.
  await stream.toArray();
  for (const { buffer } of sent) memory.giveBack(buffer);
}

/** Blocks, each of which is put down as sent. */
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

/** Rows, block by block as they are sent. */
function* encodedBlocks<Within extends string, Row extends RowWith<Within>>(
  rows: Iterable<Row>,
  within: readonly Within[],
  putCounters: PutCounters<Row>,
): Generator<Buffer, void, undefined> {
  let writer: RowBinaryWriter | undefined;
  for (const block of blocksOf(rows)) {
    writer ??= new RowBinaryWriter(block.length * rowBytes);
    writeBlock(writer, block, within, putCounters);
    yield writer.take(memory);
  }
}

function* blocksOf<Row>(rows: Iterable<Row>): Generator<readonly Row[], void, undefined> {
  let block: Row[] = [];
  for (const row of rows) {
    block.push(row);
    if (block.length < blockRows) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}

/**
 * One block of ClickHouse's Native format, column by column, its values as RowBinary has them.
 * ClickHouse takes it for three fifths of the CPU that rows cost.
 * Source: https://clickhouse.com/docs/interfaces/formats/Native
 */
function writeBlock<Within extends string, Row extends RowWith<Within>>(
  writer: RowBinaryWriter,
  rows: readonly Row[],
  within: readonly Within[],
  putCounters: PutCounters<Row>,
): void {
  const begin = (column: string, type: string): void => {
    writer.string(column);
    writer.string(type);
  };
  writer.lengthOf(4 + within.length + counterNames.length);
  writer.lengthOf(rows.length);
  begin('stream', 'String');
  for (const { stream } of rows) writer.string(stream);
  begin('minute', 'UInt64');
  for (const { minute } of rows) writer.uint64(minute);
  begin('time', "DateTime('UTC')");
  for (const { time } of rows) writer.uint32(time);
  for (const column of within) {
    begin(column, 'String');
    for (const row of rows) writer.string(row[column]);
  }
  for (const name of counterNames) {
    const { column, place, boundsMs } = counterOf(name);
    const places = placesOf(name);
    begin(column, boundsMs === undefined ? 'UInt64' : 'Array(UInt64)');
    if (boundsMs !== undefined) {
      for (let row = 1; row <= rows.length; row += 1) writer.uint64(row * places);
    }
    for (let at = 0; at < places; at += 1) placeStarts[place + at] = writer.length + 8 * at;
    writer.zeros(8 * places * rows.length);
  }
  begin('version', 'UInt64');
  for (const { version } of rows) writer.uint64(version);
  for (const [at, row] of rows.entries()) putCounters(writer, row, at);
}

/** Where nothing is counted stand zeros already. */
function putCount(writer: RowBinaryWriter, at: number, place: number, count: number): void {
  const start = placeStarts[place] ?? 0;
  if (start > 0) writer.putUint64(start + at * (placeStrides[place] ?? 0), count);
}

function putCell(writer: RowBinaryWriter, row: StreamMinuteRow, at: number): void {
  readColumns(sums, row);
  for (let place = 0; place < placesMax; place += 1) {
    const count = sums[place] ?? 0;
    if (count !== 0) putCount(writer, at, place, count);
  }
}

function putFacet(
  writer: RowBinaryWriter,
  row: FacetMinuteRow | FullFacetMinuteRow,
  at: number,
): void {
  const { counts } = 'counts' in row ? row : facetCellOfRow(row);
  for (let index = 0; index < counts.length; index += 2) {
    putCount(writer, at, counts[index] ?? 0, counts[index + 1] ?? 0);
  }
}
