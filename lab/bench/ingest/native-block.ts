import { RowBinaryWriter } from '../../../clickhouse/index.js';
import { announceColumns } from '../../../ingest/index.js';
import type { AnnounceRow } from './announce-row.js';

type Column = (typeof announceColumns)[number];

const text = 'String';
const repeated = 'LowCardinality(String)';
const time = "DateTime64(3, 'UTC')";
const nullable = 'Nullable(UInt32)';

/** Types of the columns that aren't UInt32. */
const types: Partial<Record<Column, string>> = {
  stream: repeated,
  session: text,
  time,
  minute: 'UInt64',
  log_append_time: time,
  tracker: repeated,
  segment: 'Int32',
  quality: repeated,
  browser: repeated,
  state: repeated,
  startup_ms: nullable,
  cdn_bytes: 'UInt64',
  peer_bytes: 'UInt64',
  uploaded_bytes: 'UInt64',
  buffer_length_ms: nullable,
  live_latency_ms: nullable,
  encoded_bitrate_kbps: nullable,
  throughput_kbps: nullable,
  playback_rate_percent: nullable,
  kafka_offset: 'UInt64',
};

/** What came with the second version of announces stands at its defaults. */
const columns = announceColumns.slice(0, announceColumns.indexOf('role'));

/** Shared dictionary version 1; keys of its own, dictionary told, indexes of 32 bits. */
const dictionaryVersion = 1;
const dictionaryFlags = 0x600 + 2;

/**
 * One block of ClickHouse's Native format: column by column, repeated strings by a dictionary.
 * Source: https://clickhouse.com/docs/interfaces/formats/Native
 */
export function nativeBlock(rows: readonly AnnounceRow[]): Buffer {
  const writer = new RowBinaryWriter();
  writer.lengthOf(columns.length);
  writer.lengthOf(rows.length);
  for (const column of columns) {
    const type = types[column] ?? 'UInt32';
    writer.string(column);
    writer.string(type);
    if (type === repeated) writeRepeated(writer, rows, column);
    else if (type === nullable) {
      for (const row of rows) writer.uint8(row[column] === null ? 1 : 0);
      for (const row of rows) writer.uint32(Number(row[column] ?? 0));
    } else if (type === text) for (const row of rows) writer.string(textOf(row[column]));
    else if (type === 'UInt32') for (const row of rows) writer.uint32(Number(row[column]));
    else if (type === 'Int32') for (const row of rows) writer.int32(Number(row[column]));
    else for (const row of rows) writer.uint64(Number(row[column]));
  }
  return writer.take();
}

function textOf(value: AnnounceRow[Column]): string {
  return typeof value === 'string' ? value : '';
}

function writeRepeated(
  writer: RowBinaryWriter,
  rows: readonly AnnounceRow[],
  column: Column,
): void {
  const indexes = new Map<string, number>();
  const places = rows.map((row) => {
    const value = textOf(row[column]);
    const known = indexes.get(value);
    if (known !== undefined) return known;
    indexes.set(value, indexes.size);
    return indexes.size - 1;
  });
  writer.uint64(dictionaryVersion);
  writer.uint64(dictionaryFlags);
  writer.uint64(indexes.size);
  for (const value of indexes.keys()) writer.string(value);
  writer.uint64(rows.length);
  for (const place of places) writer.uint32(place);
}
