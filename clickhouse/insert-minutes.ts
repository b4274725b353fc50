import { Readable } from 'node:stream';
import {
  counterNames,
  counterOf,
  placesMax,
  placesOf,
  type CounterName,
  type Counts,
} from '../schemas/index.js';
import { ReusedMemory } from '../service/reused-memory.js';
import { clickHouseError, type ClickHouse } from './client.js';
import type { FacetMinuteRow, FullFacetMinuteRow } from './facet-minutes.js';
import { RowBinaryWriter, type NumberBytes } from './row-binary.js';
import { countsOfColumns, type CellMinuteRow, type StreamMinuteRow } from './stream-minutes.js';

/** A row of `stream_minutes` or of `stream_minute_facets`. */
export type MinuteRow = CellMinuteRow | FacetMinuteRow;

/** Rows of both tables, gone through once, while they are sent. */
export interface MinuteRows {
  readonly cells: Iterable<CellMinuteRow>;
  readonly facets: Iterable<FacetMinuteRow>;
}

/** `Within`: its columns of texts by which it differs from others of its minute and stream. */
type RowWith<Within extends string> = Pick<
  MinuteRow,
  'stream' | 'minute' | 'time' | 'counts' | 'version'
> &
  Readonly<Record<Within, string>>;

/** So many rows are encoded and sent at a time. */
const blockRows = 2_048;
/** With its texts a row is seldom larger. */
const rowBytes = 250;

/** What was sent and answered is written into again: a minute of 10 000 streams is 30 MB. */
const memory = new ReusedMemory(64 * 1_024 * 1_024);

const counterColumns = counterNames.map((name) => counterOf(name).column);

/** By place, of the block that is written: the largest count there. */
const largest = new Float64Array(placesMax);
/** Where it has its number of the first row; 0: nowhere. */
const placeStarts = new Uint32Array(placesMax);
/** How far apart its numbers are. */
const placeStrides = new Uint32Array(placesMax);
const placeBytes = new Uint8Array(placesMax);

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
    await insert(clickhouse, 'stream_minutes', cells, ['quality', 'browser']);
    await insert(clickhouse, 'stream_minute_facets', facets, ['facet', 'value']);
  } catch (error) {
    throw clickHouseError(error);
  }
}

/** As `insertMinuteRows`, of rows with their counters in columns. */
export function insertFullRows(
  clickhouse: ClickHouse,
  rows: readonly (StreamMinuteRow | FullFacetMinuteRow)[],
): Promise<void> {
  const cells: CellMinuteRow[] = [];
  const facets: FacetMinuteRow[] = [];
  for (const row of rows) {
    const { stream, minute, time, version } = row;
    const place = { stream, minute, time, version, counts: countsOfColumns(row) };
    if ('facet' in row) facets.push({ ...place, facet: row.facet, value: row.value });
    else cells.push({ ...place, quality: row.quality, browser: row.browser });
  }
  return insertMinuteRows(clickhouse, { cells, facets });
}

async function insert<Within extends string, Row extends RowWith<Within>>(
  { client }: ClickHouse,
  table: string,
  rows: Iterable<Row>,
  within: readonly Within[],
): Promise<void> {
  const blocks = encodedBlocks(rows, within);
  const first = blocks.next();
  if (first.done === true) return;
  const sent: Buffer[] = [];
  const columns = ['stream', 'minute', 'time', ...within, ...counterColumns, 'version'];
  const { stream } = await client.exec({
    query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT Native`,
    values: Readable.from(sending(first, blocks, sent), { objectMode: false }),
    clickhouse_settings: { input_format_native_allow_types_conversion: 1 },
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
): Generator<Buffer, void, undefined> {
  let writer: RowBinaryWriter | undefined;
  for (const block of blocksOf(rows)) {
    writer ??= new RowBinaryWriter(block.length * rowBytes);
    writeBlock(writer, block, within);
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
 * ClickHouse takes it for three fifths of the CPU that rows cost. A column is as narrow as the
 * numbers in it, which ClickHouse makes wider, and one of zeros is left out; histograms, which
 * would be empty then, are not.
 * Source: https://clickhouse.com/docs/interfaces/formats/Native
 */
function writeBlock<Within extends string>(
  writer: RowBinaryWriter,
  rows: readonly RowWith<Within>[],
  within: readonly Within[],
): void {
  largest.fill(0);
  for (const { counts } of rows) raiseLargest(counts);
  const sent = counterNames
    .map((name) => ({ ...counterOf(name), places: placesOf(name), bytes: bytesOf(name) }))
    .filter(({ bytes, boundsMs }) => bytes > 0 || boundsMs !== undefined);
  const begin = (column: string, type: string): void => {
    writer.string(column);
    writer.string(type);
  };
  writer.lengthOf(4 + within.length + sent.length);
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
  placeStarts.fill(0);
  for (const { column, place, places, boundsMs, ...counter } of sent) {
    const bytes = counter.bytes === 0 ? 1 : counter.bytes;
    const type = `UInt${8 * bytes}`;
    begin(column, boundsMs === undefined ? type : `Array(${type})`);
    if (boundsMs !== undefined) {
      for (let row = 1; row <= rows.length; row += 1) writer.uint64(row * places);
    }
    for (let at = 0; at < places; at += 1) placeStarts[place + at] = writer.length + bytes * at;
    placeStrides.fill(bytes * places, place, place + places);
    placeBytes.fill(bytes, place, place + places);
    writer.zeros(bytes * places * rows.length);
  }
  begin('version', 'UInt64');
  for (const { version } of rows) writer.uint64(version);
  for (const [at, { counts }] of rows.entries()) putCounts(writer, counts, at);
}

function raiseLargest(counts: Counts): void {
  for (let index = 0; index < counts.length; index += 2) {
    const place = counts[index] ?? 0;
    const count = counts[index + 1] ?? 0;
    if (count > (largest[place] ?? 0)) largest[place] = count;
  }
}

/** How many bytes the largest count of the block takes; 0: nothing is counted. */
function bytesOf(name: CounterName): NumberBytes | 0 {
  const { place } = counterOf(name);
  const most = Math.max(...largest.subarray(place, place + placesOf(name)));
  if (most === 0) return 0;
  if (most < 2 ** 8) return 1;
  if (most < 2 ** 16) return 2;
  return most < 2 ** 32 ? 4 : 8;
}

/** Where nothing is counted stand zeros already. */
function putCounts(writer: RowBinaryWriter, counts: Counts, at: number): void {
  for (let index = 0; index < counts.length; index += 2) {
    const place = counts[index] ?? 0;
    const start = placeStarts[place] ?? 0;
    if (start === 0) continue;
    const number = start + at * (placeStrides[place] ?? 0);
    writer.put(number, placeBytes[place] as NumberBytes, counts[index + 1] ?? 0);
  }
}
