import type { LogRecord, OwnedPartition, PartitionReader, StartPosition } from '../kafka/index.js';
import { codec, type AnyRecord } from '../schemas/index.js';
import { messageOf } from '../service/errors.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import { writeAnnounceRows } from './announce-rows.js';
import { AnnounceTranscoder } from './announce-transcoder.js';
import type { BatchWriter } from './batch-writer.js';
import type { IngestMetrics } from './metrics.js';
import { RowBinaryWriter } from './row-binary.js';

export interface PartitionIngestParts {
  readonly writer: Pick<BatchWriter, 'open' | 'add' | 'close'>;
  readonly intervalMs: number;
  readonly logger: Logger;
  readonly metrics: IngestMetrics;
}

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

/**
 * Makes the readers of owned partitions: each record's announces become rows, given to the writer
 * with the offset that follows. A mark has none; a broken record is counted and passed over (the
 * rollup, which reads the same log, sends it to the dead letters).
 */
export function partitionIngest(
  parts: PartitionIngestParts,
): (partition: OwnedPartition, start: StartPosition) => PartitionReader {
  const { writer, intervalMs, logger, metrics } = parts;
  const limitedLog = new RateLimitedLog(Date.now);
  const rows = new AnnounceTranscoder(intervalMs);
  const decodedRows = new RowBinaryWriter();

  const reportBroken = (record: LogRecord, reason: string, detail: string): void => {
    metrics.brokenRecords.inc({ reason });
    limitedLog.log(reason, (heldBack) => {
      const fields = { partition: record.partition, offset: record.offset, reason, detail };
      logger.error({ ...fields, heldBack }, 'a record is broken, passed over');
    });
  };

  /** Writes a record's rows; how many they are. */
  const rowsOfRecord = (record: LogRecord): number => {
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
      read: (records) => {
        let rowCount = 0;
        for (const record of records) {
          try {
            rowCount += rowsOfRecord(record);
          } catch (error) {
            // It would fail again each time: what can't be written must not hold up all behind it.
            reportBroken(record, 'not_applicable', messageOf(error));
          }
        }
        metrics.records.inc(records.length);
        const last = records.at(-1);
        if (last !== undefined) {
          writer.add(partition, rows.take(), rowCount, last.offset + 1);
          metrics.lagSeconds.set(label, (Date.now() - last.logAppendTimeMs) / 1_000);
        }
        return Promise.resolve();
      },
      close: () => {
        metrics.lagSeconds.remove(label);
        writer.close(partition);
      },
    };
  };
}
