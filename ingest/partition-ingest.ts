import type { LogRecord, OwnedPartition, PartitionReader, StartPosition } from '../kafka/index.js';
import { codec, type AnyRecord } from '../schemas/index.js';
import { messageOf } from '../service/errors.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import { ReusedMemory } from '../service/reused-memory.js';
import { writeAnnounceRows } from './announce-rows.js';
import { AnnounceTranscoder } from './announce-transcoder.js';
import type { BatchWriter } from './batch-writer.js';
import { notApplicable, type SendDeadLetter } from './dead-letters.js';
import type { IngestMetrics } from './metrics.js';
import type { EncodedRows, RecordRows } from './pending-rows.js';
import { RowBinaryWriter } from '../clickhouse/index.js';

/** What the reading of all partitions needs besides. */
export interface PartitionIngestParts {
  readonly writer: Pick<BatchWriter, 'open' | 'add' | 'close'>;
  readonly intervalMs: number;
  readonly logger: Logger;
  readonly metrics: IngestMetrics;
  readonly sendDeadLetter: SendDeadLetter;
  readonly now: () => number;
}

/** Of rows that were inserted, for those to come. */
const freeBytesMax = 33_554_432;

type ReadRecord =
  | { readonly ok: true; readonly record: AnyRecord }
  | { readonly ok: false; readonly reason: string; readonly detail: string };

function readRecord({ value }: LogRecord): ReadRecord {
  const decoded = codec().decode(value);
  if (!decoded.ok) return decoded;
  const { type } = decoded.record;
  return type === 'AnnounceBatch' || type === 'Mark'
    ? decoded
    : { ok: false, reason: 'unexpected_type', detail: type };
}

/** Counts and logs a record that gives no rows. */
function reportingBroken({ logger, metrics, now }: PartitionIngestParts) {
  const limitedLog = new RateLimitedLog(now);
  return (record: LogRecord, reason: string, detail: string): void => {
    metrics.brokenRecords.inc({ reason });
    limitedLog.log(reason, (heldBack) => {
      const fields = { partition: record.partition, offset: record.offset, reason, detail };
      logger.error({ ...fields, heldBack }, 'a record is broken, passed over');
    });
  };
}

/** The rows that were written. `release`: what else is released with them. */
function takenRows(
  rows: AnnounceTranscoder,
  memory: ReusedMemory,
  release?: () => void,
): Pick<EncodedRows, 'bytes' | 'release'> {
  const bytes = rows.take(memory);
  return {
    bytes,
    release: () => {
      memory.giveBack(bytes.buffer);
      release?.();
    },
  };
}

/**
 * Makes the readers of owned partitions: each record's announces become rows, given to the writer
 * with the offset that follows. A mark has none; a broken record is counted and passed over (the
 * rollup, which reads the same log, sends it to the dead letters). One whose rows can't be written
 * is passed once its dead letter is: the rollup can read it.
 */
export function partitionIngest(
  parts: PartitionIngestParts,
): (partition: OwnedPartition, start: StartPosition) => PartitionReader {
  const { writer, intervalMs, logger, metrics, sendDeadLetter, now } = parts;
  const reportBroken = reportingBroken(parts);
  const memory = new ReusedMemory(freeBytesMax);
  const rows = new AnnounceTranscoder(intervalMs);
  const decodedRows = new RowBinaryWriter();

  /** Writes a record's rows; how many they are. */
  const writeRows = (record: LogRecord): number => {
    const transcoded = rows.transcode(record);
    if (transcoded > 0) return transcoded;
    const read = readRecord(record);
    if (!read.ok) reportBroken(record, read.reason, read.detail);
    if (!read.ok || read.record.type !== 'AnnounceBatch') return 0;
    const batch = read.record.value;
    decodedRows.take();
    writeAnnounceRows(decodedRows, record, batch, intervalMs);
    rows.append(decodedRows.take());
    return batch.announces.length;
  };

  return (partition, start) => {
    if (start.kind === 'beginning' && start.reason === 'out_of_range') {
      metrics.lostRanges.inc();
      const fields = { partition: partition.partition, offset: start.offset };
      logger.error(fields, 'the committed offset is gone from the log: raw announces are lost');
    }
    writer.open(partition);
    const label = { partition: String(partition.partition) };
    return {
      read: async (records, release) => {
        let rowCount = 0;
        const withRows: RecordRows[] = [];
        const refused: { readonly record: LogRecord; readonly detail: string }[] = [];
        for (const record of records) {
          try {
            const rowsOfIt = writeRows(record);
            rowCount += rowsOfIt;
            if (rowsOfIt > 0) withRows.push({ record, rowCount: rowsOfIt, endByte: rows.length });
          } catch (error) {
            // It would fail again each time: what can't be written must not hold up all behind it.
            refused.push({ record, detail: messageOf(error) });
          }
        }
        // In the same turn: all partitions write their rows into the same memory.
        const taken = { ...takenRows(rows, memory, release), rowCount, records: withRows };
        for (const { record, detail } of refused) {
          reportBroken(record, notApplicable, detail);
          const told = `ingest cannot write its rows: ${detail}`;
          await sendDeadLetter(record, told, () => partition.isOwned());
        }
        metrics.records.inc(records.length);
        const last = records.at(-1);
        if (last !== undefined) {
          writer.add(partition, taken, last.offset + 1);
          metrics.lagSeconds.set(label, (now() - last.logAppendTimeMs) / 1_000);
        }
      },
      close: () => {
        metrics.lagSeconds.remove(label);
        writer.close(partition);
      },
    };
  };
}
