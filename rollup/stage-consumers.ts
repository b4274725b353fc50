import type { GroupConsumer, GroupRing, KafkaConnection } from '../kafka/index.js';
import type { ClusterSettings } from '../registry/index.js';
import { groups, topics } from '../schemas/index.js';
import type { PartitionWatch } from '../service/partition-watch.js';
import { watchOpening } from '../service/watch-partitions.js';
import { isOurMetadata } from './commit-point.js';
import { sessionTimeoutMs } from './ownership.js';
import type { Sink } from './sinks/sink.js';
import type { Stages } from './stages.js';

/** The member of a stage's group, and the topic that the group reads. */
export interface StageConsumer {
  readonly groupId: string;
  /** By which operators read its partitions: stage 2's by their group, since all read one topic. */
  readonly partitionsOf: string;
  readonly consumer: GroupConsumer;
}

/**
 * After an outage there is much to read: a fetch that ends within a batch of its partition has
 * brought the beginning of that in vain.
 */
const announcesFetchBytesMax = 4_194_304;

/** What the members of all groups in one process share. */
export interface ConsumerParts {
  readonly kafka: KafkaConnection;
  readonly cluster: Pick<ClusterSettings, 'partitions' | 'partialPartitions'>;
  readonly stages: Stages;
  readonly ring: GroupRing;
  readonly watch: PartitionWatch;
}

/** Stage 1's member of the group that reads `announces`. */
export function partialsConsumer({
  kafka,
  cluster,
  stages,
  ring,
  watch,
}: ConsumerParts): StageConsumer {
  const topic = topics.announces;
  const groupId = groups.partials;
  const consumer = kafka.groupConsumer({
    groupId,
    topic,
    partitions: cluster.partitions,
    ring,
    sessionTimeoutMs,
    isOurMetadata,
    fetchBytesMaxPerPartition: announcesFetchBytesMax,
    open: stages.openPartials,
    onWaiting: watchOpening(watch, topic),
  });
  return { groupId, partitionsOf: topic, consumer };
}

/**
 * Stage 2's member of the group that reads `rollup-partials` for one sink: where that one is away,
 * no other waits for it (docs/exactness.md#each-sink-on-its-own).
 */
export function totalsConsumer(
  { kafka, cluster, stages, ring, watch }: ConsumerParts,
  sink: Sink,
): StageConsumer {
  const topic = topics.partials;
  const groupId = groups.totals[sink.name];
  const consumer: GroupConsumer = kafka.groupConsumer({
    groupId,
    topic,
    partitions: cluster.partialPartitions,
    ring,
    sessionTimeoutMs,
    isOurMetadata,
    open: stages.openTotals({ sink, lastHeartbeatAtMs: () => consumer.lastHeartbeatAtMs() }),
    onWaiting: watchOpening(watch, groupId),
  });
  return { groupId, partitionsOf: groupId, consumer };
}
