import { appendingBy, type KafkaConnection, type PartitionsProducer } from '../kafka/index.js';

interface Reading {
  readonly differenceMs: number;
  readonly atMs: number;
}

export interface ClockCheckOptions {
  readonly differenceMsMax: number;
  /** How long a reading counts. */
  readonly lifetimeMs: number;
}

/**
 * Compares this machine's clock with the brokers', by the LogAppendTime of their answers. A tracker
 * with a wrong clock would hand out wrong times and refuse right ones, so it must not be ready.
 */
export class ClockCheck {
  readonly #readings = new Map<string, Reading>();

  constructor(private readonly options: ClockCheckOptions) {}

  /**
   * One answer of a partition's leader, asked and received at these times by our clock. Keeps the
   * latest of each partition.
   */
  observe(
    partition: string,
    sentAtMs: number,
    logAppendTimeMs: number,
    receivedAtMs: number,
  ): void {
    // Between the two times the stamp says nothing against our clock.
    const aheadMs = Math.max(0, sentAtMs - logAppendTimeMs);
    const behindMs = Math.max(0, logAppendTimeMs - receivedAtMs);
    this.#readings.set(partition, { differenceMs: aheadMs - behindMs, atMs: receivedAtMs });
  }

  /**
   * How much our clock is ahead of most partitions' leaders (below zero: behind); undefined without
   * readings.
   */
  differenceMs(nowMs: number): number | undefined {
    const recent: number[] = [];
    for (const [partition, { differenceMs, atMs }] of this.#readings) {
      if (Math.abs(nowMs - atMs) <= this.options.lifetimeMs) recent.push(differenceMs);
      else this.#readings.delete(partition);
    }
    recent.sort((one, other) => one - other);
    return recent[Math.floor((recent.length - 1) / 2)];
  }

  /** Why this tracker isn't ready, or undefined. */
  problem(nowMs: number): string | undefined {
    const differenceMs = this.differenceMs(nowMs);
    if (differenceMs === undefined || Math.abs(differenceMs) <= this.options.differenceMsMax) {
      return undefined;
    }
    const direction = differenceMs > 0 ? 'ahead of' : 'behind';
    return `this clock is ${Math.abs(differenceMs)} ms ${direction} the brokers'`;
  }
}

function watchedProducer(
  producer: PartitionsProducer,
  check: ClockCheck,
  now: () => number,
): PartitionsProducer {
  return appendingBy(
    async (topic, partition, records) => {
      const sentAtMs = now();
      const appended = await producer.append(topic, partition, records);
      check.observe(`${topic}/${partition}`, sentAtMs, appended.logAppendTimeMs, now());
      return appended;
    },
    () => producer.close(),
  );
}

/**
 * The connection, with a producer whose every answer is a reading: also the heartbeats', where no
 * viewer is.
 */
export function watchClock(
  kafka: KafkaConnection,
  check: ClockCheck,
  now: () => number,
): KafkaConnection {
  return {
    waitUntilReachable: (onWaiting, signal) => kafka.waitUntilReachable(onWaiting, signal),
    problem: () => kafka.problem(),
    producer: async (options) => watchedProducer(await kafka.producer(options), check, now),
    groupConsumer: (options) => kafka.groupConsumer(options),
    tail: (topic, onRecord) => kafka.tail(topic, onRecord),
    follow: (topic, partition, onRecord) => kafka.follow(topic, partition, onRecord),
    admin: () => kafka.admin(),
  };
}
