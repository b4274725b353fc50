import { RowBinaryWriter } from '../../clickhouse/index.js';
import { writeAnnounceRows } from '../../ingest/index.js';
import type { LogRecord } from '../../kafka/index.js';
import { codec, topics, type AnnounceBatch, type DeadLetter } from '../../schemas/index.js';
import { isOfRefused } from './refused-batches.js';
import { storedRows, type StoredRow } from './stored-rows.js';
import type { World } from './world.js';

const differencesMax = 5;

/** The dead letters of ingests, or of all others. */
export function lettersOf({ kafka }: World, isOfIngest: boolean): DeadLetter[] {
  return kafka.records(topics.deadLetters, 0).flatMap(({ value }) => {
    const decoded = codec().decode(value);
    if (!decoded.ok || decoded.record.type !== 'DeadLetter') return [];
    const letter = decoded.record.value;
    return letter.node.startsWith('ingest') === isOfIngest ? [letter] : [];
  });
}

/**
 * Where `announces` differs from the announces in the log, each of which stands there once. What
 * ingest has set aside has a dead letter and is counted, and could not be written indeed.
 */
export async function rawDifferences(world: World): Promise<string[]> {
  const { cluster, kafka, ingests, lost, unwritable } = world;
  const differences: string[] = [];
  const letters = new Map(
    lettersOf(world, true).map((letter) => [`${letter.partition}/${letter.offset}`, letter]),
  );
  const found = new Map(ingests.table.rows);
  const setAside = { refusedBytes: 0, unwritten: 0 };
  for (let partition = 0; partition < cluster.partitions; partition += 1) {
    const readFrom = lost === undefined ? 0 : kafka.startOffset(topics.announces, partition);
    for (const record of kafka.records(topics.announces, partition)) {
      const batch = batchOf(record);
      if (batch === undefined) continue;
      const place = `${partition}/${record.offset}`;
      const isRefused = batch.announces.some(({ stream }) => isOfRefused(stream));
      const letter = letters.get(place);
      letters.delete(place);
      const isSetAside = letter !== undefined;
      const rows = rowsOf(record, batch, cluster.intervalMs);
      if (letter?.detail.startsWith('ClickHouse') === true) setAside.refusedBytes += bytesOf(rows);
      else if (isSetAside) setAside.unwritten += 1;
      if (isSetAside && !isRefused && !unwritable.has(place)) {
        differences.push(`raw rows: ${place} is set aside, and could be written`);
      }
      const isWanted = !isSetAside && record.offset >= readFrom;
      for (const { key, bytes } of rows) {
        const row = found.get(key);
        found.delete(key);
        if (row === undefined && isWanted) differences.push(`raw rows: none of ${place}`);
        else if (row?.bytes.equals(bytes) === false)
          differences.push(`raw rows: wrong for ${place}`);
      }
    }
  }
  // Where rows cannot be encoded it isn't known whether there are any.
  const strangers = [...letters.keys()].filter((place) => !unwritable.has(place));
  for (const place of strangers) differences.push(`raw rows: ${place} is set aside, and has none`);
  if (found.size > 0) differences.push(`raw rows: ${found.size} that should not be`);
  differences.push(...(await uncounted(world, setAside)));
  return differences.slice(0, differencesMax);
}

function batchOf({ value }: LogRecord): AnnounceBatch | undefined {
  const decoded = codec().decode(value);
  return decoded.ok && decoded.record.type === 'AnnounceBatch' ? decoded.record.value : undefined;
}

/** What was set aside and isn't in the metrics. */
async function uncounted(
  { ingests: { metrics } }: World,
  { refusedBytes, unwritten }: { readonly refusedBytes: number; readonly unwritten: number },
): Promise<string[]> {
  const countedBytes = (await metrics.setAsideBytes.get()).values[0]?.value ?? 0;
  const broken = (await metrics.brokenRecords.get()).values;
  const counted = broken.find(({ labels }) => labels.reason === 'not_applicable')?.value ?? 0;
  if (countedBytes >= refusedBytes && counted >= unwritten) return [];
  return [
    `raw rows: ${countedBytes} bytes of ${refusedBytes} and ${counted} records of ${unwritten} are counted`,
  ];
}

function bytesOf(rows: readonly StoredRow[]): number {
  return rows.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function rowsOf(record: LogRecord, batch: AnnounceBatch, intervalMs: number): StoredRow[] {
  const writer = new RowBinaryWriter(1_024);
  writeAnnounceRows(writer, record, batch, intervalMs);
  return storedRows(writer.take());
}
