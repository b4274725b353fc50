import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '../service/testing/silent-logger.js';
import { guardIdleFetches } from './idle-fetch-guard.js';
import { guardRequestQueues } from './request-queue-guard.js';

interface Prototype<Inside> {
  readonly prototype: Inside;
}
interface Entry {
  readonly correlationId: number;
  readonly resolve: (answer: { readonly payload: unknown }) => void;
  readonly reject: (error: Error) => void;
}
interface RequestQueue {
  push(request: {
    readonly entry: Entry;
    readonly expectResponse: true;
    readonly sendRequest: () => void;
  }): void;
  fulfillRequest(answer: { readonly correlationId: number; readonly payload: unknown }): void;
}
const require = createRequire(import.meta.url);
const { prototype: groupPrototype } = require('kafkajs/src/consumer/consumerGroup') as Prototype<{
  fetch: (this: object, nodeId: string) => Promise<unknown[]>;
}>;
const { prototype: brokerPrototype } = require('kafkajs/src/broker') as Prototype<object>;
const { prototype: runnerPrototype } = require('kafkajs/src/consumer/runner') as Prototype<{
  stop: (this: object) => Promise<void>;
}>;
const Queue = require('kafkajs/src/network/requestQueue') as new (options: object) => RequestQueue;

const shortMs = 100;
const heartbeatMs = 1_000;
const quietMs = 30_000;
const topic = 't';
const silent = { ...silentLogger, namespace: () => silent };

/** kafkajs's own group, broker and request queue, up to where a connection would begin. */
class Reader {
  readonly waits: number[] = [];
  readonly paused: number[] = [];
  /** Of the last answer, those that have to be handled. */
  batches = 0;
  lastHeartbeatMs = 0;
  readonly #requests = new Queue({ maxInFlightRequests: null, logger: silent, clientId: 'c' });
  readonly #group: object;

  constructor(readonly partitions: readonly number[] = [0, 1]) {
    const broker = Object.assign(Object.create(brokerPrototype) as object, {
      nodeId: 0,
      lookupRequest: () => (request: object) => request,
      connectionPool: {
        pool: [undefined, { requestQueue: this.#requests }],
        send: (request: { readonly maxWaitTime: number }) => this.#send(request.maxWaitTime),
      },
    });
    const assigned = () => [{ topic, partitions: [...this.partitions] }];
    this.#group = Object.assign(Object.create(groupPrototype) as object, {
      maxWaitTime: shortMs,
      subscriptionState: {
        assigned,
        active: () => [
          { topic, partitions: this.partitions.filter((one) => !this.paused.includes(one)) },
        ],
        isPaused: (_: string, partition: number) => this.paused.includes(partition),
      },
      cluster: {
        brokerPool: { brokers: { 0: broker } },
        refreshMetadataIfNecessary: () => Promise.resolve(),
        findBroker: () => Promise.resolve(broker),
        findTopicPartitionMetadata: () =>
          this.partitions.map((partitionId) => ({ partitionId, leader: 0 })),
      },
      preferredReadReplicasPerTopicPartition: {},
      seekOffset: { has: () => false, pop: () => undefined },
      offsetManager: {
        resolveOffsets: () => Promise.resolve(),
        committedOffsets: () => ({ [topic]: this.partitions.map(() => '0') }),
        nextOffset: () => 0,
      },
    });
    Object.defineProperty(this.#group, 'lastRequest', { get: () => this.lastHeartbeatMs });
  }

  fetch(): Promise<unknown[]> {
    return groupPrototype.fetch.call(this.#group, '0');
  }

  /** The broker answers the fetch under way. */
  answer(records = 0): void {
    const messages = Array.from({ length: records }, (_, offset) => ({ offset: String(offset) }));
    const partitions = [{ partition: 0, highWatermark: '0', abortedTransactions: [], messages }];
    const payload = { responses: [{ topicName: topic, partitions }] };
    this.#requests.fulfillRequest({ correlationId: this.waits.length, payload });
  }

  /** How long the next fetch may wait, which finds as many records. */
  async wait(records = 0): Promise<number | undefined> {
    const fetching = this.fetch();
    await this.asked(this.waits.length + 1);
    this.answer(records);
    this.batches = (await fetching).length;
    return this.waits.at(-1);
  }

  async asked(count: number): Promise<void> {
    while (this.waits.length < count) await new Promise(setImmediate);
  }

  /** As its consumer's runner, whose fetchers end with the fetch under way. */
  stop(fetching: Promise<unknown>): Promise<void> {
    const runner = Object.assign(Object.create(runnerPrototype) as object, {
      running: true,
      _consuming: false,
      logger: silent,
      consumerGroup: Object.assign(this.#group, { leave: () => Promise.resolve() }),
      fetchManager: { stop: () => fetching },
    });
    return runnerPrototype.stop.call(runner);
  }

  #send(maxWaitTime: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const entry = {
        correlationId: this.waits.length + 1,
        resolve: ({ payload }: { readonly payload: unknown }) => resolve(payload),
        reject,
      };
      const sendRequest = () => void this.waits.push(maxWaitTime);
      this.#requests.push({ entry, expectResponse: true, sendRequest });
    });
  }
}

describe('the guard of kafkajs’s fetches', () => {
  let nowMs = 0;

  beforeEach(() => {
    nowMs = 1_000_000_000;
    jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
    guardRequestQueues();
    guardIdleFetches(heartbeatMs);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** One that has had nothing for long, and whose heartbeat was answered just now. */
  async function idleReader(): Promise<Reader> {
    const reader = new Reader();
    await reader.wait();
    nowMs += quietMs;
    reader.lastHeartbeatMs = nowMs;
    return reader;
  }

  it('lets a broker wait until the next heartbeat is due where little has come for a while', async () => {
    const reader = new Reader();
    for (const endMs = nowMs + quietMs; nowMs < endMs; nowMs += 1_000) {
      reader.lastHeartbeatMs = nowMs;
      expect(await reader.wait(1)).toBe(shortMs);
    }
    reader.lastHeartbeatMs = nowMs - 300;
    expect(await reader.wait()).toBe(heartbeatMs - 300);
    reader.lastHeartbeatMs = nowMs - heartbeatMs;
    expect(await reader.wait()).toBe(shortMs);
  });

  it('has no batch of no records then, and every batch that has some', async () => {
    const reader = await idleReader();
    expect(await reader.wait()).toBe(heartbeatMs);
    expect(reader.batches).toBe(0);
    expect(await reader.wait(1)).toBe(heartbeatMs);
    expect(reader.batches).toBe(1);
  });

  it('is short again with much to do, and for a while after', async () => {
    const reader = await idleReader();
    expect(await reader.wait(2_001)).toBe(heartbeatMs);
    for (const endMs = nowMs + 2 * quietMs; nowMs < endMs; nowMs += 1_000) {
      reader.lastHeartbeatMs = nowMs;
      expect(await reader.wait()).toBe(shortMs);
    }
    reader.lastHeartbeatMs = nowMs;
    expect(await reader.wait()).toBe(heartbeatMs);
  });

  it('is short while a partition is paused, which may be resumed at any time', async () => {
    const reader = await idleReader();
    reader.paused.push(1);
    expect(await reader.wait()).toBe(shortMs);
    reader.paused.length = 0;
    expect(await reader.wait()).toBe(heartbeatMs);
  });

  it('never waits longer than a heartbeat, wherever the clock jumps', async () => {
    const reader = await idleReader();
    reader.lastHeartbeatMs = nowMs + 3_600_000;
    expect(await reader.wait()).toBe(heartbeatMs);
    nowMs -= 3_600_000;
    expect(await reader.wait()).toBe(heartbeatMs);
    nowMs -= 3_600_000;
    reader.lastHeartbeatMs = nowMs - heartbeatMs;
    expect(await reader.wait()).toBe(shortMs);
  });

  it('ends with a stop, though the broker holds its answer back', async () => {
    const reader = await idleReader();
    const fetching = reader.fetch();
    await reader.asked(2);
    await reader.stop(fetching);
    expect(await fetching).toEqual([]);
  });
});
