import { createRequire } from 'node:module';

/** As far as they are known here: kafkajs has no types for its inside. */
interface ConsumerGroup {
  /** When it last told the coordinator that it lives, Unix ms. */
  readonly lastRequest: number;
  readonly cluster: { readonly brokerPool: { readonly brokers: Readonly<Record<string, Broker>> } };
  readonly subscriptionState: { assigned(): readonly TopicPartitions[] };
  filterPartitionsByNode(
    nodeId: string | number,
    partitions: readonly TopicPartitions[],
  ): readonly TopicPartitions[];
  fetch: (this: ConsumerGroup, nodeId: string) => Promise<unknown>;
}
interface TopicPartitions {
  readonly partitions: readonly unknown[];
}
interface Broker {
  readonly nodeId: string | number;
  readonly connectionPool: { readonly pool: readonly Connection[] };
  fetch: (this: Broker, request: FetchRequest) => Promise<FetchAnswer>;
}
interface Connection {
  readonly requestQueue: { rejectAll(error: Error): void };
}
interface FetchRequest {
  readonly maxWaitTime: number;
  readonly topics: readonly TopicPartitions[];
}
interface FetchAnswer {
  readonly responses: readonly {
    readonly partitions: readonly { readonly messages: readonly unknown[] }[];
  }[];
}
interface Runner {
  readonly consumerGroup: ConsumerGroup;
  stop: (this: Runner) => Promise<void>;
}

/** A broker that has had nothing for a reader for this long may hold its answers back. */
const quietMsMin = 2_000;
/** Of a broker's two connections, the one that kafkajs fetches by, and does nothing else. */
const fetchConnection = 1;

const require = createRequire(import.meta.url);
const prototypeOf = (path: string): unknown =>
  (require(`kafkajs/src/${path}`) as { readonly prototype: unknown }).prototype;
const groups = prototypeOf('consumer/consumerGroup') as ConsumerGroup;
const brokers = prototypeOf('broker') as Broker;
const runners = prototypeOf('consumer/runner') as Runner;
const { fetch: fetchOfGroup } = groups;
const { fetch: fetchFromBroker } = brokers;
const { stop } = runners;

/** Who fetches by a broker, and since when that has had nothing. */
const quiet = new WeakMap<Broker, { readonly group: ConsumerGroup; sinceMs: number }>();
const stopped = new Error('the reader is stopped');
const nothing: FetchAnswer = { responses: [] };

/**
 * Lets a broker that has had nothing for a while hold empty answers back until the reader's next
 * heartbeat is due, and a reader that is stopped not wait for answers
 * (kafka/DEFECTS.md#an-empty-answer-is-asked-for-again-at-once). Where a partition is left out, one
 * that is paused, all is as it was: until the answer is there, it can't be asked for.
 */
export function guardIdleFetches(heartbeatIntervalMs: number): void {
  groups.fetch = function guarded(nodeId) {
    const broker = this.cluster.brokerPool.brokers[nodeId];
    if (broker !== undefined && quiet.get(broker)?.group !== this) {
      quiet.set(broker, { group: this, sinceMs: Date.now() });
    }
    return fetchOfGroup.call(this, nodeId);
  };
  brokers.fetch = async function guarded(request) {
    const maxWaitTime = Math.max(request.maxWaitTime, idleMs(this, request, heartbeatIntervalMs));
    try {
      const answer = await fetchFromBroker.call(this, { ...request, maxWaitTime });
      // kafkajs would handle each partition of it as a batch, of no records.
      if (!hasRecords(answer)) return nothing;
      const known = quiet.get(this);
      if (known !== undefined) known.sinceMs = Date.now();
      return answer;
    } catch (error) {
      if (error === stopped) return nothing;
      throw error;
    }
  };
  runners.stop = function guarded() {
    const stopping = stop.call(this);
    for (const { connectionPool } of Object.values(this.consumerGroup.cluster.brokerPool.brokers)) {
      connectionPool.pool[fetchConnection]?.requestQueue.rejectAll(stopped);
    }
    return stopping;
  };
}

/** How long nobody needs an empty answer: a rebalance is told of by a heartbeat. */
function idleMs(broker: Broker, { topics }: FetchRequest, heartbeatIntervalMs: number): number {
  const known = quiet.get(broker);
  const nowMs = Date.now();
  if (known === undefined || nowMs - known.sinceMs < quietMsMin) return 0;
  const { group } = known;
  const assigned = group.filterPartitionsByNode(broker.nodeId, group.subscriptionState.assigned());
  if (countOf(topics) < countOf(assigned)) return 0;
  return Math.min(heartbeatIntervalMs, group.lastRequest + heartbeatIntervalMs - nowMs);
}

function countOf(topics: readonly TopicPartitions[]): number {
  return topics.reduce((sum, { partitions }) => sum + partitions.length, 0);
}

function hasRecords({ responses }: FetchAnswer): boolean {
  return responses.some(({ partitions }) => partitions.some(({ messages }) => messages.length > 0));
}
