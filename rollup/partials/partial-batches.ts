import { partitionOfStream } from '../../kafka/index.js';
import { codec, type PartialBatch, type StreamCells } from '../../schemas/index.js';
import type { SetAside } from '../set-aside.js';
import type { PartialsPlan } from './partition-minutes.js';

/**
 * A PartialBatch stays below half of what a broker takes by default:
 * docs/exactness.md#partials-then-progress.
 */
const batchBytesMax = 512 * 1024;

/** More than any cell takes: 10 counters and 36 buckets as varints, and the quality's name. */
const cellBytesMax = 400;

/** One record for `rollup-partials`. */
export interface EncodedPartial {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
}

interface OpenBatch {
  bytes: number;
  streams: StreamCells[];
}

/**
 * Encodes a plan's cells: a record for each minute and output partition, more where one would be
 * too large. Streams that can't be encoded are set aside.
 */
export function encodePartials(
  inputPartition: number,
  plan: PartialsPlan,
  partialPartitions: number,
  setAside: SetAside,
): EncodedPartial[] {
  const records: EncodedPartial[] = [];
  for (const { minute, streams } of plan.minutes) {
    const open = new Map<number, OpenBatch>();
    const close = (partition: number, batch: OpenBatch): void => {
      const place = { inputPartition, minute, version: plan.version };
      const key = `${inputPartition}/${minute}`;
      for (const value of encodedBatches({ ...place, streams: batch.streams }, setAside)) {
        records.push({ partition, key, value });
      }
      open.delete(partition);
    };
    for (const stream of streams) {
      const partition = partitionOfStream(stream.stream, partialPartitions);
      const bytes = Buffer.byteLength(stream.stream) + stream.cells.length * cellBytesMax;
      const present = open.get(partition);
      if (present !== undefined && present.bytes + bytes > batchBytesMax) close(partition, present);
      const batch = open.get(partition) ?? { bytes: 0, streams: [] };
      batch.bytes += bytes;
      batch.streams.push(stream);
      open.set(partition, batch);
    }
    for (const [partition, batch] of open) close(partition, batch);
  }
  return records;
}

/** One batch; where that can't be encoded, one of each stream that can. */
function encodedBatches(batch: PartialBatch, setAside: SetAside): Buffer[] {
  try {
    return [codec().encode('PartialBatch', batch)];
  } catch {
    return batch.streams.flatMap((one) => {
      try {
        return [codec().encode('PartialBatch', { ...batch, streams: [one] })];
      } catch (error) {
        setAside({ where: 'partials', stream: one.stream, minute: batch.minute, error });
        return [];
      }
    });
  }
}

/** What goes to one partition in one request. */
export interface PartialsAppend {
  readonly partition: number;
  readonly records: readonly EncodedPartial[];
}

/**
 * As few requests as may be: after a takeover there is a record for each of the open minutes, and a
 * broker answers those of one connection one after the other, each when its followers have it.
 */
export function inAppends(records: readonly EncodedPartial[]): PartialsAppend[] {
  const appends: { partition: number; bytes: number; records: EncodedPartial[] }[] = [];
  const last = new Map<number, (typeof appends)[number]>();
  for (const record of records) {
    const { partition, value } = record;
    let open = last.get(partition);
    if (open === undefined || open.bytes + value.length > batchBytesMax) {
      open = { partition, bytes: 0, records: [] };
      last.set(partition, open);
      appends.push(open);
    }
    open.bytes += value.length;
    open.records.push(record);
  }
  return appends;
}
