import { announceColumns } from '../../ingest/index.js';

type Column = (typeof announceColumns)[number];
/** A number: of so many bytes. */
type ColumnType = 'text' | 'texts' | 'nullable' | 1 | 4 | 8;

/** All others have four bytes. */
const types: Partial<Readonly<Record<Column, ColumnType>>> = {
  stream: 'text',
  session: 'text',
  time: 8,
  minute: 8,
  log_append_time: 8,
  tracker: 'text',
  quality: 'text',
  browser: 'text',
  state: 'text',
  startup_ms: 'nullable',
  cdn_bytes: 8,
  peer_bytes: 8,
  uploaded_bytes: 8,
  buffer_length_ms: 'nullable',
  live_latency_ms: 'nullable',
  encoded_bitrate_kbps: 'nullable',
  throughput_kbps: 'nullable',
  playback_rate_percent: 'nullable',
  kafka_offset: 8,
  role: 1,
  failure: 1,
  cdn_reason: 1,
  seeder_bytes: 8,
  viewer: 'text',
  facets: 'texts',
};
const columnTypes = announceColumns.map((column) => types[column] ?? 4);
/** By which rows are one row (clickhouse/migrations/0001-tables.sql). */
const keyColumns: ReadonlySet<number> = new Set(
  (['stream', 'session', 'kafka_partition', 'kafka_offset', 'batch_index'] as const).map((column) =>
    announceColumns.indexOf(column),
  ),
);

/** A row of `announces`. */
export interface StoredRow {
  readonly stream: string;
  /** Of rows with the same key one stands. */
  readonly key: string;
  readonly bytes: Buffer;
}

/** Reads rows in RowBinary; throws where they don't end where the bytes do. */
export function storedRows(bytes: Buffer): StoredRow[] {
  const rows: StoredRow[] = [];
  let at = 0;
  while (at < bytes.length) {
    const begin = at;
    const key: string[] = [];
    for (const [index, type] of columnTypes.entries()) {
      const end = endOf(bytes, at, type);
      if (keyColumns.has(index)) key.push(bytes.toString('latin1', at, end));
      at = end;
    }
    const [stream = ''] = key;
    rows.push({ stream: stream.slice(1), key: key.join(''), bytes: bytes.subarray(begin, at) });
  }
  if (at !== bytes.length) throw new Error(`rows end at ${at} of ${bytes.length} bytes`);
  return rows;
}

function endOf(bytes: Buffer, at: number, type: ColumnType): number {
  if (type === 'nullable') return at + (bytes[at] === 0 ? 5 : 1);
  if (typeof type === 'number') return at + type;
  let end = at;
  let texts = 1;
  if (type === 'texts') {
    texts = 2 * (bytes[at] ?? 0);
    end += 1;
  }
  // Texts are shorter than 128 bytes here, so a length is one byte.
  for (; texts > 0; texts -= 1) end += 1 + (bytes[end] ?? 0);
  return end;
}
