import { createRequire } from 'node:module';

/** As far as they are known here: kafkajs has no types for its inside. */
interface ConsumerGroup {
  /** When it last told the coordinator that it lives, Unix ms. */
  readonly lastRequest: number;
  /** As it was configured, ms; what holds is the broker pool's. */
  readonly metadataMaxAge: number;
  readonly cluster: {
    readonly brokerPool: {
      readonly brokers: Readonly<Record<string, Broker>>;
      /** How long what it knows of the cluster holds, ms. */
      metadataMaxAge: number;
    };
  };
  readonly subscriptionState: { assigned(): readonly TopicPartitions[] };
  filterPartitionsByNode(
    nodeId: string | number,
    partitions: readonly TopicPartitions[],
  ): readonly TopicPartitions[];
  fetch: (this: ConsumerGroup, nodeId: string) => Promise<unknown>;
  heartbeat: (this: ConsumerGroup, due: { readonly interval: number }) => Promise<unknown>;
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
  readonly socket?: { destroy(): void };
  disconnect(): Promise<unknown>;
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

/**
 * A broker that has had so few records for a reader in so long a time may hold its answers back.
 * Marks of the time alone are fewer. A reader that was at work a moment ago is left as it was: in a
 * process that has nothing to do, V8 drops the code that it had compiled for the work.
 */
const quietMsMin = 30_000;
const quietRecordsMax = 2_000;
/**
 * Where no more than these came in that time, from no broker, the group rests: the marks of the
 * time, and what other processes tell of themselves. Who rests has no hurry to learn of a
 * rebalance, or of a partition that has moved.
 */
const restRecordsMax = 60;
const restHeartbeatMs = 3_000;
/** How much earlier than it is due a heartbeat may be where answers are held back. */
const earlyHeartbeatMs = 500;
const restMetadataAgeMs = 15_000;
/** Brokers take turns: with three of them each holds its answers back for three heartbeats. */
const heartbeatsHeldMax = 3;
/** Of a broker's two connections, the one that kafkajs fetches by, and does nothing else. */
const fetchConnection = 1;

const require = createRequire(import.meta.url);
const prototypeOf = (path: string): unknown =>
  (require(`kafkajs/src/${path}`) as { readonly prototype: unknown }).prototype;
const groups = prototypeOf('consumer/consumerGroup') as ConsumerGroup;
const brokers = prototypeOf('broker') as Broker;
const runners = prototypeOf('consumer/runner') as Runner;
const { fetch: fetchOfGroup, heartbeat } = groups;
const { fetch: fetchFromBroker } = brokers;
const { stop } = runners;

/** Who fetches by a broker, and what that has had for it. */
class Fetching {
  #sinceMs = Date.now();
  #records = 0;
  /** In the last whole time that was looked at; there was none yet: many. */
  #recordsBefore = Infinity;

  constructor(readonly group: ConsumerGroup) {}

  take(records: number): void {
    this.#records += records;
  }

  /** True: no more came in the last whole time that was looked at, nor in this one so far. */
  hadAtMost(recordsMax: number): boolean {
    const nowMs = Date.now();
    if (nowMs - this.#sinceMs >= quietMsMin) {
      this.#recordsBefore = this.#records;
      this.#sinceMs = nowMs;
      this.#records = 0;
    }
    return Math.max(this.#recordsBefore, this.#records) <= recordsMax;
  }
}
const fetchings = new WeakMap<Broker, Fetching>();
/** Until when brokers hold answers to a group's reader back at most, Unix ms. */
const holds = new WeakMap<ConsumerGroup, Map<Broker, number>>();
const givenUp = new Error('the reader does not wait for the answer any more');
const nothing: FetchAnswer = { responses: [] };

/**
 * Lets brokers that have had little for a while hold empty answers back, so that one of them
 * answers whenever the reader has to be heard of (`heartbeatIntervalMs`); a reader that is stopped
 * or rebalanced doesn't wait for the others
 * (kafka/DEFECTS.md#an-empty-answer-is-asked-for-again-at-once). Where a partition is left out, one
 * that is paused, all is as it was: until the answer is there, it can't be asked for.
 */
export function guardIdleFetches(heartbeatIntervalMs: number): void {
  groups.fetch = function guarded(nodeId) {
    const broker = this.cluster.brokerPool.brokers[nodeId];
    if (broker !== undefined && fetchings.get(broker)?.group !== this) {
      fetchings.set(broker, new Fetching(this));
    }
    const { brokerPool } = this.cluster;
    brokerPool.metadataMaxAge = isResting(this)
      ? Math.max(this.metadataMaxAge, restMetadataAgeMs)
      : this.metadataMaxAge;
    return fetchOfGroup.call(this, nodeId);
  };
  brokers.fetch = async function guarded(request) {
    const fetching = fetchings.get(this);
    const isQuiet = fetching?.hadAtMost(quietRecordsMax) === true;
    const idle = isQuiet
      ? idleMs(this, fetching.group, request, heartbeatMs(fetching.group, heartbeatIntervalMs))
      : 0;
    const maxWaitTime = Math.max(request.maxWaitTime, idle);
    const held = fetching === undefined ? undefined : holdsOf(fetching.group);
    if (idle > 0) held?.set(this, Date.now() + maxWaitTime);
    try {
      const answer = await fetchFromBroker.call(this, { ...request, maxWaitTime });
      const records = recordsOf(answer);
      fetching?.take(records);
      // kafkajs would handle each partition of it as a batch, of no records.
      return isQuiet && records === 0 ? nothing : answer;
    } catch (error) {
      if (error === givenUp) return nothing;
      throw error;
    } finally {
      held?.delete(this);
    }
  };
  groups.heartbeat = async function guarded({ interval }) {
    try {
      // An answer that came on time has to lead to one, though it is not yet this long ago.
      const early = holdsOf(this).size > 0 ? earlyHeartbeatMs : 0;
      return await heartbeat.call(this, { interval: heartbeatMs(this, interval) - early });
    } catch (error) {
      // It joins again once all its fetches have ended.
      for (const broker of holdsOf(this).keys()) giveUpFetch(broker, 'and the connection');
      throw error;
    }
  };
  runners.stop = function guarded() {
    const stopping = stop.call(this);
    const { brokers: all } = this.consumerGroup.cluster.brokerPool;
    for (const broker of Object.values(all)) giveUpFetch(broker);
    return stopping;
  };
}

function heartbeatMs(group: ConsumerGroup, intervalMs: number): number {
  return isResting(group) ? Math.max(intervalMs, restHeartbeatMs) : intervalMs;
}

function isResting({ cluster }: ConsumerGroup): boolean {
  const asked = Object.values(cluster.brokerPool.brokers).flatMap(
    (broker) => fetchings.get(broker) ?? [],
  );
  return asked.length > 0 && asked.every((fetching) => fetching.hadAtMost(restRecordsMax));
}

function holdsOf(group: ConsumerGroup): Map<Broker, number> {
  const known = holds.get(group) ?? new Map<Broker, number>();
  holds.set(group, known);
  return known;
}

/** A broker answers nothing more on the connection of a fetch until it has answered that. */
function giveUpFetch({ connectionPool }: Broker, also?: 'and the connection'): void {
  const connection = connectionPool.pool[fetchConnection];
  connection?.requestQueue.rejectAll(givenUp);
  if (also === undefined) return;
  void connection?.disconnect();
  // Its end would be taken for that of the next one.
  connection?.socket?.destroy();
}

/**
 * How long nobody needs an empty answer: up to the first time at which a heartbeat would be due,
 * and no other broker's answer is. A rebalance is told of by a heartbeat.
 */
function idleMs(
  broker: Broker,
  group: ConsumerGroup,
  { topics }: FetchRequest,
  heartbeatIntervalMs: number,
): number {
  const assigned = group.filterPartitionsByNode(broker.nodeId, group.subscriptionState.assigned());
  if (countOf(topics) < countOf(assigned)) return 0;
  const nowMs = Date.now();
  const others = [...holdsOf(group)].filter(([other, endMs]) => other !== broker && endMs > nowMs);
  let heardMs = Math.min(group.lastRequest, nowMs);
  for (const [, endMs] of others.sort(([, one], [, two]) => one - two)) {
    if (endMs - heardMs > 1.5 * heartbeatIntervalMs) break;
    heardMs = endMs;
  }
  const idle = heardMs + heartbeatIntervalMs - nowMs;
  return Math.min(idle, heartbeatsHeldMax * heartbeatIntervalMs);
}

function countOf(topics: readonly TopicPartitions[]): number {
  return topics.reduce((sum, { partitions }) => sum + partitions.length, 0);
}

function recordsOf({ responses }: FetchAnswer): number {
  let records = 0;
  for (const { partitions } of responses) {
    for (const { messages } of partitions) records += messages.length;
  }
  return records;
}
