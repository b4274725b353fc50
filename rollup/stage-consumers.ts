import type { GroupConsumer, GroupRing, KafkaConnection } from '../kafka/index.js';
import { groups, topics } from '../schemas/index.js';
import { isOurMetadata } from './commit-point.js';
import { sessionTimeoutMs } from './ownership.js';
import type { Sink } from './sinks/sink.js';
import type { Stages } from './stages.js';

/** The member of a stage's group, and the topic that the group reads. */
export interface StageConsumer {
  readonly groupId: string;
  readonly topic: string;
  readonly consumer: GroupConsumer;
}

/**
 * After an outage there is much to read: a fetch that ends within a batch of its partition has
 * brought the beginning of that in vain.
 */
const announcesFetchBytesMax = 4_194_304;

/** Stage 1's member of the group that reads `announces`. */
export function partialsConsumer(
  kafka: KafkaConnection,
  stages: Stages,
  ring: GroupRing,
): StageConsumer {
  const topic = topics.announces;
  const groupId = groups.partials;
  const consumer = kafka.groupConsumer({
    groupId,
    topic,
    ring,
    sessionTimeoutMs,
    isOurMetadata,
    fetchBytesMaxPerPartition: announcesFetchBytesMax,
    open: stages.openPartials,
  });
  return { groupId, topic, consumer };
}

/**
 * Stage 2's member of the group that reads `rollup-partials` for one sink: where that one is away,
 * no other waits for it (docs/exactness.md#each-sink-on-its-own).
 */
export function totalsConsumer(
  kafka: KafkaConnection,
  stages: Stages,
  sink: Sink,
  ring: GroupRing,
): StageConsumer {
  const topic = topics.partials;
  const groupId = groups.totals[sink.name];
  const consumer: GroupConsumer = kafka.groupConsumer({
    groupId,
    topic,
    ring,
    sessionTimeoutMs,
    isOurMetadata,
    open: stages.openTotals({ sink, lastHeartbeatAtMs: () => consumer.lastHeartbeatAtMs() }),
  });
  return { groupId, topic, consumer };
}
