import { groupLag, type KafkaConnection, type LogAdmin } from '../../kafka/index.js';
import { openRegistry, readMembers, type ClusterSettings } from '../../registry/index.js';
import { topics, type Ring } from '../../schemas/index.js';
import { commandLogger } from '../with-kafka.js';
import type { RingView } from './ring-report.js';
import { sharingsOf } from './shares.js';

/** The ring as it is now. */
export async function readRing(
  kafka: KafkaConnection,
  ring: Ring,
  stopping: AbortSignal,
): Promise<RingView> {
  const { cluster, registry } = await openRegistry({
    kafka,
    logger: commandLogger,
    stopping,
    topicsNeeded: [topics.registry, topics.members],
  });
  await registry.stop();
  const { live, gone } = await readMembers(kafka);
  return { ring, cluster, state: registry.ring(ring), live, gone, nowMs: Date.now() };
}

/** Records behind the log's end, by group and partition. */
export type Lags = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** What each group has yet to read. */
export async function readLags(
  admin: LogAdmin,
  ring: Ring,
  cluster: Pick<ClusterSettings, 'partitions' | 'partialPartitions'>,
): Promise<Lags> {
  const lags = new Map<string, ReadonlyMap<number, number>>();
  for (const { group, topic } of sharingsOf(ring, cluster)) {
    lags.set(group, await groupLag(admin, group, topic));
  }
  return lags;
}
