import { setImmediate as turn } from 'node:timers/promises';
import { partitionOf, type StampedRecord, type TopicWorkbench } from '../../../kafka/index.js';
import { codec, topics, type ToldAnnounce } from '../../../schemas/index.js';
import { writtenAnnounces } from '../written-announces.js';
import type { Workload } from './workload.js';

/** A workload as the records that trackers would have written, by partition. */
export interface MadeRecords {
  readonly workload: Workload;
  readonly byPartition: readonly (readonly StampedRecord[])[];
  readonly records: number;
  readonly recordBytes: number;
}

/** Below the broker's largest request for one partition (1 MiB). */
const appendBytesMax = 768 * 1_024;
const recordOverheadBytes = 16;
/** A batch is written this long after its last announce. */
const batchDelayMs = 100;
/** Late + grace, and some: a last mark makes every minute final. */
export const finalAfterMs = 6 * 60_000;
const announcesPerTurn = 20_000;

/** `isEnding`: with a mark after which all is final. */
export async function makeRecords(
  workload: Workload,
  options: { readonly batch: number; readonly partitions: number; readonly isEnding: boolean },
  signal: AbortSignal,
): Promise<MadeRecords> {
  const { batch, partitions } = options;
  const placed = workload.sessions.map(({ stream, session }) =>
    partitionOf(stream, session, partitions),
  );
  const open = Array.from({ length: partitions }, (): ToldAnnounce[] => []);
  const byPartition = open.map((): StampedRecord[] => []);
  const endBatch = (partition: number): void => {
    const announces = open[partition] ?? [];
    const last = announces.at(-1);
    if (last === undefined) return;
    const atMs = last.time + batchDelayMs;
    const value = writtenAnnounces({ tracker: 'tracker-1', written: atMs }, announces);
    open[partition] = [];
    byPartition[partition]?.push({ value, atMs });
  };
  for (let index = 0; index < workload.shape.announces; index += 1) {
    const partition = placed[index % placed.length] ?? 0;
    const announces = open[partition];
    announces?.push(workload.announce(index));
    if (announces?.length === batch) endBatch(partition);
    if (index % announcesPerTurn === 0) await turn(undefined, { signal });
  }
  for (const [partition, records] of byPartition.entries()) {
    endBatch(partition);
    if (!options.isEnding) continue;
    const atMs = workload.endMs + finalAfterMs;
    records.push({ value: codec().encode('Mark', { owner: 'bench', written: atMs }), atMs });
  }
  const all = byPartition.flat();
  return {
    workload,
    byPartition,
    records: all.length,
    recordBytes: all.reduce((sum, { value }) => sum + value.length, 0),
  };
}

/**
 * Appends the records to `announces` with the stamps that they would have got: the topic is under
 * CreateTime meanwhile.
 */
export async function appendRecords(workbench: TopicWorkbench, made: MadeRecords): Promise<void> {
  await workbench.setTimestamps(topics.announces, 'CreateTime');
  await Promise.all(
    made.byPartition.map(async (records, partition) => {
      let waiting: StampedRecord[] = [];
      let bytes = 0;
      for (const record of records) {
        const size = record.value.length + recordOverheadBytes;
        if (bytes + size > appendBytesMax) {
          await workbench.append(topics.announces, partition, waiting);
          waiting = [];
          bytes = 0;
        }
        waiting.push(record);
        bytes += size;
      }
      if (waiting.length > 0) await workbench.append(topics.announces, partition, waiting);
    }),
  );
  await workbench.setTimestamps(topics.announces, 'LogAppendTime');
}
