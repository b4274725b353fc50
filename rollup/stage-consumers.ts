import type { GroupConsumer, KafkaConnection } from '../kafka/index.js';
import { groups, topics } from '../schemas/index.js';
import { isOurMetadata } from './commit-point.js';
import { sessionTimeoutMs } from './ownership.js';
import type { Sink } from './sinks/sink.js';
import type { Stages } from './stages.js';

/** The member of a stage's group, and the topic that the group reads. */
export interface StageConsumer {
  readonly topic: string;
  readonly consumer: GroupConsumer;
}

/** Stage 1's member of the group that reads `announces`. */
export function partialsConsumer(kafka: KafkaConnection, stages: Stages): StageConsumer {
  const topic = topics.announces;
  const consumer = kafka.groupConsumer({
    groupId: groups.partials,
    topic,
    sessionTimeoutMs,
    isOurMetadata,
    open: stages.openPartials,
  });
  return { topic, consumer };
}

/** Stage 2's member of the group that reads `rollup-partials`; totals go to the sinks. */
export function totalsConsumer(
  kafka: KafkaConnection,
  stages: Stages,
  sinks: readonly Sink[],
): StageConsumer {
  const topic = topics.partials;
  const consumer: GroupConsumer = kafka.groupConsumer({
    groupId: groups.totals,
    topic,
    sessionTimeoutMs,
    isOurMetadata,
    open: stages.openTotals({ sinks, lastHeartbeatAtMs: () => consumer.lastHeartbeatAtMs() }),
  });
  return { topic, consumer };
}
