import { Readable } from 'node:stream';
import { RowBinaryWriter, type ClickHouse } from '../../../clickhouse/index.js';
import { announceColumns, AnnounceTranscoder, writeAnnounceRows } from '../../../ingest/index.js';
import type { LogRecord } from '../../../kafka/index.js';
import { codec, type AnnounceBatch } from '../../../schemas/index.js';
import { writtenAnnounces } from '../written-announces.js';
import { seededRandom } from '../../../service/random.js';
import { announceRows } from './announce-row.js';
import { avroContainer } from './avro-container.js';
import { madeAnnounce, madeSession } from './made-announces.js';
import { nativeBlock } from './native-block.js';
import { cpuSecondsOf } from '../../stack/index.js';

const intervalMs = 60_000;
const rounds = 3;
/** Records that are encoded together, as one answer of Kafka has them. */
const recordsTogether = 80;

interface Format {
  readonly name: string;
  /** ClickHouse's name, where `announces` takes it as it is. */
  readonly insertAs: string | undefined;
  readonly encode: (records: readonly LogRecord[]) => Buffer;
}

function decoded(record: LogRecord): AnnounceBatch {
  const result = codec().decode(record.value);
  if (!result.ok || result.record.type !== 'AnnounceBatch') throw new Error('not a batch of ours');
  return result.record.value;
}

const transcoder = new AnnounceTranscoder(intervalMs);

const formats: readonly Format[] = [
  {
    name: 'RowBinary, from the bytes (ingest)',
    insertAs: 'RowBinary',
    encode: (records) => {
      for (const record of records) transcoder.transcode(record);
      return transcoder.take();
    },
  },
  {
    name: 'RowBinary, decoded',
    insertAs: undefined,
    encode: (records) => {
      const writer = new RowBinaryWriter();
      for (const record of records) writeAnnounceRows(writer, record, decoded(record), intervalMs);
      return writer.take();
    },
  },
  {
    name: 'Native, decoded',
    insertAs: 'Native',
    encode: (records) =>
      nativeBlock(records.flatMap((record) => announceRows(record, decoded(record), intervalMs))),
  },
  {
    name: 'JSONEachRow, decoded',
    insertAs: 'JSONEachRow',
    encode: (records) => {
      const rows = records.flatMap((record) => announceRows(record, decoded(record), intervalMs));
      return Buffer.from(rows.map((row) => `${JSON.stringify(timed(row))}\n`).join(''));
    },
  },
  { name: 'Avro passed through, unchecked', insertAs: undefined, encode: avroContainer },
];

/** DateTime64 in JSON is a number of seconds with a point. */
function timed(row: ReturnType<typeof announceRows>[number]): object {
  const seconds = (value: unknown): string => (Number(value) / 1_000).toFixed(3);
  return {
    ...row,
    time: seconds(row.time),
    log_append_time: seconds(row.log_append_time),
  };
}

function sampleRecords(rows: number, batch: number): LogRecord[] {
  const random = seededRandom(7);
  const startMs = Date.now();
  return Array.from({ length: Math.ceil(rows / batch) }, (_, offset) => {
    const announces = Array.from({ length: batch }, () =>
      madeAnnounce(random, madeSession(random), 1 + (offset % 10), startMs),
    );
    const value = writtenAnnounces({ tracker: 'tracker-1', written: startMs }, announces);
    return { partition: offset % 8, offset, logAppendTimeMs: startMs, key: null, value };
  });
}

/** Encodes all records, some at a time; the CPU seconds of the best round, and the bytes. */
function encodeAll(
  { encode }: Format,
  records: readonly LogRecord[],
): { readonly seconds: number; readonly chunks: readonly Buffer[] } {
  let best = { seconds: Infinity, chunks: [] as readonly Buffer[] };
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    const chunks: Buffer[] = [];
    for (let at = 0; at < records.length; at += recordsTogether) {
      chunks.push(encode(records.slice(at, at + recordsTogether)));
    }
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    if (seconds < best.seconds) best = { seconds, chunks };
  }
  return best;
}

/**
 * Encodes the same rows in each format and inserts them into a copy of `announces`: one line each.
 * CPU of ClickHouse is that of its process, so what it merges meanwhile is in it.
 */
export async function compareFormats(
  clickhouse: ClickHouse,
  clickHousePid: number,
  options: { readonly formatRows: number; readonly batch: number },
  print: (line: string) => void,
): Promise<void> {
  const records = sampleRecords(options.formatRows, options.batch);
  const rows = records.length * options.batch;
  for (const format of formats) {
    const { seconds, chunks } = encodeAll(format, records);
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const figures = [
      format.name.padEnd(36),
      `${((seconds / rows) * 1e6).toFixed(2)} µs/row to encode`.padEnd(24),
      `${(bytes / rows).toFixed(0)} bytes/row`.padEnd(14),
    ];
    if (format.insertAs !== undefined) {
      figures.push(await insertInto(clickhouse, clickHousePid, format.insertAs, chunks, rows));
    }
    print(figures.join(' '));
  }
}

async function insertInto(
  { client }: ClickHouse,
  clickHousePid: number,
  format: string,
  chunks: readonly Buffer[],
  rows: number,
): Promise<string> {
  const table = `announces_${format.toLowerCase()}`;
  await client.command({ query: `CREATE TABLE ${table} AS announces` });
  const before = {
    own: process.cpuUsage(),
    server: cpuSecondsOf(clickHousePid),
    at: performance.now(),
  };
  const { stream } = await client.exec({
    query: `INSERT INTO ${table} (${announceColumns.join(', ')}) FORMAT ${format}`,
    values: Readable.from(chunks, { objectMode: false }),
  });
  await stream.toArray();
  const own = process.cpuUsage(before.own);
  const server = cpuSecondsOf(clickHousePid) - before.server;
  const seconds = (performance.now() - before.at) / 1_000;
  const stored = await client.query({
    query: `SELECT count() AS rows FROM ${table}`,
    format: 'JSONEachRow',
  });
  const [counted] = await stored.json<{ rows: number }>();
  await client.command({ query: `DROP TABLE ${table}` });
  if (counted?.rows !== rows) throw new Error(`${format}: ${counted?.rows ?? 0} of ${rows} rows`);
  const perRow = (cpuSeconds: number): string => ((cpuSeconds / rows) * 1e6).toFixed(2);
  return (
    `insert ${seconds.toFixed(1)} s, CPU ${perRow((own.user + own.system) / 1e6)} µs/row to send, ` +
    `${perRow(server)} µs/row in ClickHouse`
  );
}
