import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Batch } from 'kafkajs';
import { silentLogger } from '../service/testing/silent-logger.js';
import { memoryOfAnswer, releaseBatch } from './fetched-memory.js';
import { guardKafkajs } from './guards.js';

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
const Group = require('kafkajs/src/consumer/consumerGroup') as Prototype<{
  fetch: (this: object, nodeId: string) => Promise<Batch[]>;
  heartbeat: (this: object, due: { readonly interval: number }) => Promise<void>;
}> &
  (new (options: object) => object);
const { prototype: brokerPrototype } = require('kafkajs/src/broker') as Prototype<object>;
const { prototype: runnerPrototype } = require('kafkajs/src/consumer/runner') as Prototype<{
  stop: (this: object) => Promise<void>;
}>;
const Queue = require('kafkajs/src/network/requestQueue') as new (options: object) => RequestQueue;

const shortMs = 100;
const heartbeatMs = 1_000;
const quietMs = 30_000;
const restHeartbeatMs = 3_000;
const topic = 't';
const silent = { ...silentLogger, namespace: () => silent };

/** kafkajs's own group, brokers and request queues, up to where connections would begin. */
class Reader {
  /** Of each broker's fetches. */
  readonly waits: number[][];
  readonly paused: number[] = [];
  readonly disconnect = jest.fn(() => Promise.resolve());
  readonly destroy = jest.fn();
  readonly pool: { brokers: object; metadataMaxAge: number } = {
    brokers: {},
    metadataMaxAge: 5_000,
  };
  /** Of the last answer, those that have to be handled. */
  batches: readonly Batch[] = [];
  /** The memory that answers come in. */
  answered = memoryOfAnswer(100_000);
  lastHeartbeatMs = 0;
  answerHeartbeat: () => Promise<void> = () => Promise.resolve();
  readonly #requests: readonly RequestQueue[];
  readonly #group: object;

  /** Each of its partitions is led by the broker of that number, modulo their count. */
  constructor(
    readonly brokers = 1,
    readonly partitions: readonly number[] = [0, 1, 2, 3, 4, 5],
  ) {
    const nodes = Array.from({ length: brokers }, (_, nodeId) => nodeId);
    this.waits = nodes.map(() => []);
    this.#requests = nodes.map(
      () => new Queue({ maxInFlightRequests: null, logger: silent, clientId: 'c' }),
    );
    const all = nodes.map((nodeId) => this.#broker(nodeId));
    this.pool.brokers = Object.fromEntries(all.entries());
    const assigned = () => [{ topic, partitions: [...this.partitions] }];
    const emitter = { emit: () => undefined };
    this.#group = Object.assign(
      new Group({ logger: silent, retry: {}, instrumentationEmitter: emitter }),
      {
        maxWaitTime: shortMs,
        metadataMaxAge: 5_000,
        memberId: 'm',
        coordinator: { heartbeat: () => this.answerHeartbeat() },
        subscriptionState: {
          assigned,
          active: () => [
            { topic, partitions: this.partitions.filter((one) => !this.paused.includes(one)) },
          ],
          isPaused: (_: string, partition: number) => this.paused.includes(partition),
        },
        cluster: {
          brokerPool: this.pool,
          refreshMetadataIfNecessary: () => Promise.resolve(),
          findBroker: ({ nodeId }: { readonly nodeId: string }) =>
            Promise.resolve(all[Number(nodeId)]),
          findTopicPartitionMetadata: () =>
            this.partitions.map((partitionId) => ({ partitionId, leader: partitionId % brokers })),
        },
        preferredReadReplicasPerTopicPartition: {},
        seekOffset: { has: () => false, pop: () => undefined },
        offsetManager: {
          resolveOffsets: () => Promise.resolve(),
          committedOffsets: () => ({ [topic]: this.partitions.map(() => '0') }),
          nextOffset: () => 0,
        },
      },
    );
    Object.defineProperty(this.#group, 'lastRequest', {
      get: () => this.lastHeartbeatMs,
      set: (atMs: number) => (this.lastHeartbeatMs = atMs),
    });
  }

  fetch(node = 0): Promise<Batch[]> {
    return Group.prototype.fetch.call(this.#group, String(node));
  }

  heartbeat(): Promise<void> {
    return Group.prototype.heartbeat.call(this.#group, { interval: heartbeatMs });
  }

  /** The broker answers the fetch under way. */
  answer(records = 0, node = 0): void {
    const messages = Array.from({ length: records }, (_, offset) => ({
      offset: String(offset),
      key: null,
      value: this.answered.subarray(offset, offset + 1),
    }));
    const partitions = [{ partition: node, highWatermark: '0', abortedTransactions: [], messages }];
    const payload = { responses: [{ topicName: topic, partitions }] };
    const correlationId = this.waits[node]?.length ?? 0;
    this.#requests[node]?.fulfillRequest({ correlationId, payload });
  }

  /** How long the next fetch may wait, which finds as many records. */
  async wait(records = 0, node = 0): Promise<number | undefined> {
    const { fetching, waitMs } = await this.asks(node);
    this.answer(records, node);
    this.batches = await fetching;
    return waitMs;
  }

  /** How long the next fetch may wait, which is under way. */
  async asks(node = 0): Promise<{ fetching: Promise<Batch[]>; waitMs: number | undefined }> {
    const waits = this.waits[node] ?? [];
    const count = waits.length + 1;
    const fetching = this.fetch(node);
    while (waits.length < count) await new Promise(setImmediate);
    return { fetching, waitMs: waits.at(-1) };
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

  #broker(nodeId: number): object {
    const connection = {
      requestQueue: this.#requests[nodeId],
      disconnect: this.disconnect,
      socket: { destroy: this.destroy },
    };
    return Object.assign(Object.create(brokerPrototype) as object, {
      nodeId,
      lookupRequest: () => (request: object) => request,
      connectionPool: {
        pool: [undefined, connection],
        send: (request: { readonly maxWaitTime: number }) =>
          this.#send(nodeId, request.maxWaitTime),
      },
    });
  }

  #send(nodeId: number, maxWaitTime: number): Promise<unknown> {
    const waits = this.waits[nodeId] ?? [];
    return new Promise((resolve, reject) => {
      const entry = {
        correlationId: waits.length + 1,
        resolve: ({ payload }: { readonly payload: unknown }) => resolve(payload),
        reject,
      };
      const sendRequest = () => void waits.push(maxWaitTime);
      this.#requests[nodeId]?.push({ entry, expectResponse: true, sendRequest });
    });
  }
}

describe('the guard of kafkajs’s fetches', () => {
  let nowMs = 0;

  beforeEach(() => {
    nowMs = 1_000_000_000;
    jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
    // As all clients have it: what one guard does, another may undo.
    guardKafkajs(heartbeatMs);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** One that has had little for long, and whose heartbeat was answered just now. */
  async function idleReader(brokers = 1, records = 61): Promise<Reader> {
    const reader = new Reader(brokers);
    for (let node = 0; node < brokers; node += 1) await reader.wait(records, node);
    nowMs += quietMs;
    reader.lastHeartbeatMs = nowMs;
    return reader;
  }

  it('lets a broker wait until the next heartbeat is due where little has come for a while', async () => {
    const reader = new Reader();
    for (const endMs = nowMs + quietMs; nowMs < endMs; nowMs += 1_000) {
      reader.lastHeartbeatMs = nowMs;
      expect(await reader.wait(3)).toBe(shortMs);
    }
    reader.lastHeartbeatMs = nowMs - 300;
    expect(await reader.wait()).toBe(heartbeatMs - 300);
    reader.lastHeartbeatMs = nowMs - heartbeatMs;
    expect(await reader.wait()).toBe(shortMs);
  });

  it('has no batch of no records then, and every batch that has some', async () => {
    const reader = await idleReader();
    expect(await reader.wait()).toBe(heartbeatMs);
    expect(reader.batches).toHaveLength(0);
    expect(await reader.wait(1)).toBe(heartbeatMs);
    expect(reader.batches).toHaveLength(1);
  });

  it('leaves the memory of what came to be used again', async () => {
    const reader = await idleReader();
    reader.answered = memoryOfAnswer(100_000);
    await reader.wait(1);
    reader.batches.forEach(releaseBatch);
    expect(memoryOfAnswer(100_000).buffer).toBe(reader.answered.buffer);
  });

  it('is short again with much to do, and for a while after', async () => {
    const reader = await idleReader();
    expect(await reader.wait(2_001)).toBe(heartbeatMs);
    for (const endMs = nowMs + 2 * quietMs; nowMs < endMs; nowMs += 1_000) {
      reader.lastHeartbeatMs = nowMs;
      expect(await reader.wait(3)).toBe(shortMs);
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

  it('is heard of seldom where nobody does anything, and as before once somebody does', async () => {
    const reader = await idleReader(1, 60);
    let heartbeats = 0;
    reader.answerHeartbeat = () => Promise.resolve(void (heartbeats += 1));
    const heardAfter = async (ms: number): Promise<number> => {
      heartbeats = 0;
      reader.lastHeartbeatMs = nowMs - ms;
      await reader.heartbeat();
      return heartbeats;
    };
    expect(await heardAfter(restHeartbeatMs - 100)).toBe(0);
    expect(await heardAfter(restHeartbeatMs + 1)).toBe(1);
    reader.lastHeartbeatMs = nowMs;
    expect(await reader.wait(60)).toBe(restHeartbeatMs);
    expect(reader.pool.metadataMaxAge).toBe(15_000);
    expect(await reader.wait(1)).toBe(restHeartbeatMs);
    expect(await heardAfter(heartbeatMs + 1)).toBe(1);
    reader.lastHeartbeatMs = nowMs;
    expect(await reader.wait()).toBe(heartbeatMs);
    expect(reader.pool.metadataMaxAge).toBe(5_000);
  });

  it('does not rest where one broker of several has something', async () => {
    const reader = await idleReader(3, 0);
    expect(await reader.wait(61, 2)).toBe(restHeartbeatMs);
    expect(await reader.wait(0, 0)).toBe(heartbeatMs);
  });

  it('ends with a stop, though the broker holds its answer back', async () => {
    const reader = await idleReader();
    const { fetching } = await reader.asks();
    await reader.stop(fetching);
    expect(await fetching).toEqual([]);
  });

  describe('of three brokers', () => {
    it('lets each answer when a heartbeat is due and no other does', async () => {
      const reader = await idleReader(3);
      for (const [node, heldMs] of [heartbeatMs, 2 * heartbeatMs, 3 * heartbeatMs].entries()) {
        expect((await reader.asks(node)).waitMs).toBe(heldMs);
      }
      let heartbeats = 0;
      reader.answerHeartbeat = () => Promise.resolve(void (heartbeats += 1));
      for (let turn = 0; turn < 27; turn += 1) {
        // The answer to the heartbeat before took some time.
        nowMs += heartbeatMs;
        reader.answer(0, turn % 3);
        await new Promise(setImmediate);
        await reader.heartbeat();
        reader.lastHeartbeatMs += 20;
        expect(heartbeats).toBe(turn + 1);
        expect((await reader.asks(turn % 3)).waitMs).toBe(3 * heartbeatMs);
      }
    });

    it('lets one that had something take the next place that is free', async () => {
      const reader = await idleReader(3);
      for (const node of [0, 1, 2]) await reader.asks(node);
      nowMs += 100;
      reader.answer(1, 1);
      await new Promise(setImmediate);
      // The first is due at 1 s, the third at 3 s.
      expect((await reader.asks(1)).waitMs).toBe(2 * heartbeatMs - 100);
    });

    it('waits for none of them once a heartbeat has failed, and takes new connections', async () => {
      const reader = await idleReader(3);
      const asked = [await reader.asks(0), await reader.asks(1), await reader.asks(2)];
      nowMs += heartbeatMs;
      reader.answerHeartbeat = () => Promise.reject(new Error('rebalancing'));
      await expect(reader.heartbeat()).rejects.toThrow('rebalancing');
      expect(await Promise.all(asked.map(({ fetching }) => fetching))).toEqual([[], [], []]);
      expect(reader.disconnect).toHaveBeenCalledTimes(3);
      expect(reader.destroy).toHaveBeenCalledTimes(3);
      reader.answerHeartbeat = () => Promise.resolve();
      await reader.heartbeat();
      expect((await reader.asks(0)).waitMs).toBe(heartbeatMs);
    });

    it('keeps the connections where a heartbeat fails and no answer is held back', async () => {
      const reader = new Reader(3);
      reader.answerHeartbeat = () => Promise.reject(new Error('rebalancing'));
      await expect(reader.heartbeat()).rejects.toThrow('rebalancing');
      expect(reader.disconnect).not.toHaveBeenCalled();
    });
  });
});
