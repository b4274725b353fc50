import { createRequire } from 'node:module';

/** As far as it is known here: kafkajs has no types for its inside. */
interface ConsumerGroup {
  maxWaitTime: number;
  readonly subscriptionState: { paused(): readonly unknown[] };
  fetch: (this: ConsumerGroup, nodeId: string) => Promise<unknown>;
}

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/consumer/consumerGroup') as {
  readonly prototype: ConsumerGroup;
};
const { fetch } = prototype;
/** How long each may wait where nothing is paused. */
const waits = new WeakMap<ConsumerGroup, number>();

/**
 * Lets a fetch that leaves paused partitions out wait no longer than this: until it is answered,
 * one that is resumed isn't fetched (kafka/DEFECTS.md#a-resumed-partition-waits-for-the-others).
 */
export function shortenFetches(pausedWaitMs: number): void {
  prototype.fetch = function guarded(nodeId) {
    const waitMs = waits.get(this) ?? this.maxWaitTime;
    waits.set(this, waitMs);
    const isPaused = this.subscriptionState.paused().length > 0;
    this.maxWaitTime = isPaused ? Math.min(waitMs, pausedWaitMs) : waitMs;
    return fetch.call(this, nodeId);
  };
}
