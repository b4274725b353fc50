import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from '@jest/globals';
import { shortenFetches } from './fetch-wait-guard.js';

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/consumer/consumerGroup') as {
  readonly prototype: { fetch: (this: object, nodeId: string) => Promise<unknown> };
};
const { fetch } = prototype;

/** A member whose broker notes how long each fetch may wait. */
function memberOf(maxWaitTime: number) {
  const waits: number[] = [];
  const paused: unknown[] = [];
  const topicPartitions = [{ topic: 't', partitions: [0] }];
  const broker = {
    fetch: (request: { readonly maxWaitTime: number }) => {
      waits.push(request.maxWaitTime);
      return Promise.resolve({ responses: [] });
    },
  };
  const member = {
    maxWaitTime,
    subscriptionState: { assigned: () => topicPartitions, paused: () => paused },
    cluster: {
      refreshMetadataIfNecessary: () => Promise.resolve(),
      findBroker: () => Promise.resolve(broker),
    },
    checkForStaleAssignment: () => undefined,
    filterPartitionsByNode: () => topicPartitions,
    seekOffsets: () => Promise.resolve(),
    offsetManager: { committedOffsets: () => ({ t: { 0: '0' } }), nextOffset: () => 0 },
    getActiveTopicPartitions: () => ({ t: new Set([0]) }),
  };
  return { waits, paused, fetch: () => prototype.fetch.call(member, '0') };
}

describe('the guard of kafkajs’s fetches', () => {
  afterEach(() => {
    prototype.fetch = fetch;
  });

  it('lets them wait long where nothing is paused, and short beside what is', async () => {
    shortenFetches(100);
    const member = memberOf(500);
    await member.fetch();
    member.paused.push({ topic: 't', partitions: [1] });
    await member.fetch();
    member.paused.length = 0;
    await member.fetch();
    expect(member.waits).toEqual([500, 100, 500]);
  });

  it('lets none wait longer than it would', async () => {
    shortenFetches(100);
    const member = memberOf(50);
    member.paused.push({ topic: 't', partitions: [1] });
    await member.fetch();
    expect(member.waits).toEqual([50]);
  });
});
