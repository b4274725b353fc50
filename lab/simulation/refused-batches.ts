import { partitionOf } from '../../kafka/index.js';
import { codec, firstAnnounce, topics, type Announce } from '../../schemas/index.js';
import type { ClusterSettings } from '../../registry/index.js';
import type { Random } from './random.js';
import type { SimulatedKafka } from './simulated-kafka.js';
import type { VirtualClock } from './virtual-clock.js';

/** ClickHouse refuses raw rows of this stream; all else can read and count them. */
const refusedStream = 'refused';
/** One of them among others, or all of a fetch. */
const batchesMax = 4;

export function isOfRefused(stream: string): boolean {
  return stream === refusedStream;
}

interface Into {
  readonly clock: VirtualClock;
  readonly cluster: ClusterSettings;
  readonly kafka: SimulatedKafka;
  readonly made: Announce[];
  readonly random: Random;
}

/** Batches with a row that ClickHouse refuses are in the log, one after the other. */
export function appendRefusedBatches({ clock, cluster, kafka, made, random }: Into): void {
  const session = Buffer.alloc(16);
  session.writeUInt32BE(random.below(2 ** 32));
  const partition = partitionOf(refusedStream, session, cluster.partitions);
  const batches = random.between(1, batchesMax);
  for (let number = 0; number < batches; number += 1) {
    const announce: Announce = {
      ...firstAnnounce({ watchedMs: 1_000 }),
      stream: refusedStream,
      session,
      number,
      time: clock.nowMs,
      quality: '720p',
      browser: 'Chrome',
      state: 'playing',
    };
    made.push(announce);
    const announces = [{ ...announce, stream: 'beside' }, announce];
    const batch = { tracker: 't', written: clock.nowMs, announces };
    kafka.appendNow(topics.announces, partition, [
      { value: codec().encode('AnnounceBatch', batch) },
    ]);
  }
}
