import { partitionOf, type LogProducer } from '../../../kafka/index.js';
import { topics, type ToldAnnounce } from '../../../schemas/index.js';
import { writtenAnnounces } from '../written-announces.js';
import { seededRandom } from '../../../service/random.js';
import {
  addTo,
  emptySums,
  madeAnnounce,
  madeSession,
  type MadeSession,
  type Sums,
} from './made-announces.js';
import type { IngestBenchOptions } from './options.js';

/** What a topic was filled with. */
export interface Filled {
  /** The time from which announces are stamped. */
  readonly startMs: number;
  readonly rows: number;
  readonly records: number;
  readonly recordBytes: number;
  readonly sessions: number;
  readonly sums: Sums;
  /** Rows by `quality`, `browser` and `state`, each value's count. */
  readonly counts: Readonly<
    Record<'stream' | 'quality' | 'browser' | 'state', Map<string, number>>
  >;
}

/** Below the broker's largest request for one partition (1 MiB). */
const appendBytesMax = 768 * 1_024;
const seed = 20_260_101;

/** One partition's announces on their way into batches, and batches on their way into an append. */
interface Filling {
  announces: ToldAnnounce[];
  records: { value: Buffer }[];
  bytes: number;
}

/**
 * Makes announces of all sessions in turn and appends them as trackers do, in batches by partition.
 */
export async function fillTopic(
  producer: LogProducer,
  options: IngestBenchOptions,
  startMs: number,
): Promise<Filled> {
  const random = seededRandom(seed);
  const sessions = Array.from({ length: options.sessions }, () => madeSession(random));
  const placed = sessions.map(({ stream, session }) =>
    partitionOf(stream, session, options.partitions),
  );
  const fillings = Array.from({ length: options.partitions }, (): Filling => emptyFilling());
  const filled = {
    startMs,
    rows: 0,
    records: 0,
    recordBytes: 0,
    sessions: Math.min(options.sessions, options.announces),
    sums: emptySums(),
    counts: { stream: counter(), quality: counter(), browser: counter(), state: counter() },
  };

  const endBatch = (filling: Filling): void => {
    if (filling.announces.length === 0) return;
    const { announces } = filling;
    const value = writtenAnnounces({ tracker: 'tracker-1', written: startMs }, announces);
    filling.announces = [];
    filling.records.push({ value });
    filling.bytes += value.length;
    filled.records += 1;
    filled.recordBytes += value.length;
  };
  const append = async (partition: number, filling: Filling): Promise<void> => {
    if (filling.records.length === 0) return;
    const { records } = filling;
    filling.records = [];
    filling.bytes = 0;
    await producer.append(topics.announces, partition, records);
  };

  for (let made = 0; made < options.announces; made += 1) {
    const index = made % sessions.length;
    const session: MadeSession | undefined = sessions[index];
    const partition = placed[index] ?? 0;
    const filling = fillings[partition];
    if (session === undefined || filling === undefined) throw new Error('no such session');
    const number = Math.floor(made / sessions.length);
    const announce = madeAnnounce(random, session, number, startMs);
    addTo(filled.sums, announce, startMs);
    for (const key of ['stream', 'quality', 'browser', 'state'] as const) {
      const counts = filled.counts[key];
      counts.set(announce[key], (counts.get(announce[key]) ?? 0) + 1);
    }
    filled.rows += 1;
    filling.announces.push(announce);
    if (filling.announces.length < options.batch) continue;
    endBatch(filling);
    if (filling.bytes >= appendBytesMax) await append(partition, filling);
  }
  for (const [partition, filling] of fillings.entries()) {
    endBatch(filling);
    await append(partition, filling);
  }
  return filled;
}

function emptyFilling(): Filling {
  return { announces: [], records: [], bytes: 0 };
}

function counter(): Map<string, number> {
  return new Map();
}
