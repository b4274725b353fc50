import { partitionOf, type StampedRecord, type TopicWorkbench } from '../../kafka/index.js';
import { codec, topics, type Announce } from '../../schemas/index.js';
import { runMinutes, type Workload } from './workload.js';

export interface Filled {
  readonly records: number;
  readonly recordBytes: number;
}

/** Below the broker's largest request for one partition (1 MiB). */
const appendBytesMax = 768 * 1_024;
/** A batch is written this long after its last announce. */
const batchDelayMs = 100;
/** Late + grace, and some: a last mark makes every minute final. */
const finalAfterMs = (runMinutes + 6) * 60_000;

interface Filling {
  announces: Announce[];
  records: StampedRecord[];
  bytes: number;
}

/**
 * Fills `announces` as trackers would have: batches by partition with the stamps that they would have
 * got, then a mark after which all is final. The topic is under CreateTime meanwhile.
 */
export async function fillTopic(
  workbench: TopicWorkbench,
  workload: Workload,
  options: {
    readonly announces: number;
    readonly batch: number;
    readonly partitions: number;
    readonly startMs: number;
  },
): Promise<Filled> {
  const { announces, batch, partitions, startMs } = options;
  await workbench.setTimestamps(topics.announces, 'CreateTime');
  const placed = workload.sessions.map(({ stream, session }) =>
    partitionOf(stream, session, partitions),
  );
  const fillings = Array.from({ length: partitions }, (): Filling => ({
    announces: [],
    records: [],
    bytes: 0,
  }));
  let records = 0;
  let recordBytes = 0;
  const endBatch = (filling: Filling): void => {
    const atMs = (filling.announces.at(-1)?.time ?? startMs) + batchDelayMs;
    if (filling.announces.length === 0) return;
    const value = codec().encode('AnnounceBatch', {
      tracker: 'tracker-1',
      written: atMs,
      announces: filling.announces,
    });
    filling.announces = [];
    filling.records.push({ value, atMs });
    filling.bytes += value.length;
    records += 1;
    recordBytes += value.length;
  };
  const append = async (partition: number, filling: Filling): Promise<void> => {
    const waiting = filling.records;
    filling.records = [];
    filling.bytes = 0;
    if (waiting.length > 0) await workbench.append(topics.announces, partition, waiting);
  };
  for (let index = 0; index < announces; index += 1) {
    const partition = placed[index % placed.length] ?? 0;
    const filling = fillings[partition];
    if (filling === undefined) throw new Error('no such partition');
    filling.announces.push(workload.announce(index));
    if (filling.announces.length < batch) continue;
    endBatch(filling);
    if (filling.bytes >= appendBytesMax) await append(partition, filling);
  }
  const endMs = startMs + finalAfterMs;
  const mark = codec().encode('Mark', { owner: 'bench', written: endMs });
  for (const [partition, filling] of fillings.entries()) {
    endBatch(filling);
    filling.records.push({ value: mark, atMs: endMs });
    await append(partition, filling);
  }
  await workbench.setTimestamps(topics.announces, 'LogAppendTime');
  return { records: records + partitions, recordBytes };
}
