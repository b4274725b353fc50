import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from '@jest/globals';
import kafkajs, { type Consumer } from 'kafkajs';
import { KafkaGroupConsumer } from './group-consumer.js';
import type { GroupCommit, LogAdmin, OwnedPartition, StartPosition } from './types.js';

/**
 * kafkajs's real consumer (runner, group, offset manager) over a cluster of plain objects, which can do what a real
 * one does only at the wrong moment: kafka/DEFECTS.md. kafkajs has no types for its inside.
 */
const require = createRequire(import.meta.url);
const createConsumer = require('kafkajs/src/consumer') as (options: object) => Consumer;
const { createErrorFromCode } = require('kafkajs/src/protocol/error') as {
  createErrorFromCode: (code: number) => Error;
};
const { KafkaJSOffsetOutOfRange } = require('kafkajs/src/errors') as {
  KafkaJSOffsetOutOfRange: new (error: Error, where: object) => Error;
};
const { MemberAssignment } = kafkajs.AssignerProtocol;

const offsetOutOfRange = 1;
const notLeader = 6;
const coordinatorLoading = 14;
const rebalanceInProgress = 27;
const topic = 't';

const silent = {
  namespace: () => silent,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

interface PartitionRequest {
  readonly partition: number;
  readonly fetchOffset: string;
}
interface FakeRecord {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: null;
  readonly value: Buffer;
}

/** A log, its commits and its group. Partition p is led by node p. */
class FakeKafka {
  readonly lengths = new Map<number, number>();
  readonly commits = new Map<number, GroupCommit>();
  readonly sentCommits: { generation: number; partition: number; offset: number }[] = [];
  readonly fetches: PartitionRequest[] = [];
  assignment: readonly number[] = [0];
  generation = 0;
  /** As whom each join came: empty is a new member. */
  readonly joinedAs: string[] = [];
  /** Resolves before a join is answered. */
  mayJoin: Promise<void> = Promise.resolve();
  heartbeats = 0;
  /** Called with each fetch; may wait, throw, or say from which offset to answer. */
  onFetch: (request: PartitionRequest) => Promise<number | undefined> = () =>
    Promise.resolve(undefined);
  onHeartbeat: () => void = () => undefined;
  onCommit: () => void = () => undefined;
  onSync: () => void = () => undefined;
  /** Resolves before commits and offsets are told to our adapter. */
  positionsKnown: Promise<void> = Promise.resolve();

  readonly #coordinator = {
    isConnected: () => true,
    joinGroup: async ({ memberId }: { memberId: string }) => {
      this.joinedAs.push(memberId);
      await this.mayJoin;
      this.generation += 1;
      return {
        generationId: this.generation,
        leaderId: 'other',
        memberId: 'me',
        members: [],
        groupProtocol: 'viblast-sticky',
      };
    },
    syncGroup: async () => {
      await Promise.resolve();
      this.onSync();
      return {
        memberAssignment: MemberAssignment.encode({
          version: 1,
          assignment: { [topic]: [...this.assignment] },
          userData: Buffer.alloc(0),
        }),
      };
    },
    heartbeat: async () => {
      await Promise.resolve();
      this.heartbeats += 1;
      this.onHeartbeat();
    },
    leaveGroup: () => Promise.resolve(),
    offsetFetch: ({ topics: [asked] }: { topics: { partitions: { partition: number }[] }[] }) =>
      Promise.resolve({
        responses: [
          {
            topic,
            partitions: (asked?.partitions ?? []).map(({ partition }) => ({
              partition,
              offset: String(this.commits.get(partition)?.offset ?? -1),
            })),
          },
        ],
      }),
    offsetCommit: async (request: {
      groupGenerationId: number;
      topics: {
        partitions: { partition: number; offset: { toString(): string }; metadata?: string }[];
      }[];
    }) => {
      await Promise.resolve();
      for (const { partition, offset, metadata } of request.topics.flatMap(
        ({ partitions }) => partitions,
      )) {
        this.sentCommits.push({
          generation: request.groupGenerationId,
          partition,
          offset: Number(offset),
        });
        this.onCommit();
        this.commits.set(partition, {
          partition,
          offset: Number(offset),
          metadata: metadata ?? '',
        });
      }
    },
  };

  /** One consumer's view; offsets that it takes for committed are its own, as in a Kafka instance of its own. */
  cluster(): object {
    const committed = {};
    const resolve = (): Promise<void> => Promise.resolve();
    return {
      connect: resolve,
      disconnect: resolve,
      isConnected: () => true,
      removeBroker: () => undefined,
      refreshMetadata: resolve,
      refreshMetadataIfNecessary: resolve,
      addMultipleTargetTopics: resolve,
      getNodeIds: () => [...this.lengths.keys()],
      committedOffsets: () => committed,
      defaultOffset: () => -2,
      findTopicPartitionMetadata: () =>
        [...this.lengths.keys()].map((partitionId) => ({ partitionId, leader: partitionId })),
      findGroupCoordinator: () => Promise.resolve(this.#coordinator),
      fetchTopicsOffset: (topics: { partitions: { partition: number }[] }[]) =>
        Promise.resolve(
          topics.map(({ partitions }) => ({
            topic,
            partitions: partitions.map(({ partition }) => ({ partition, offset: '0' })),
          })),
        ),
      findBroker: () => Promise.resolve({ fetch: (request: object) => this.#fetch(request) }),
    };
  }

  admin(): LogAdmin {
    const never = (): Promise<never> => Promise.reject(new Error('not asked for'));
    return {
      commits: async () => {
        await this.positionsKnown;
        return [...this.commits.values()];
      },
      offsets: () =>
        Promise.resolve(
          [...this.lengths].map(([partition, endOffset]) => ({
            partition,
            startOffset: 0,
            endOffset,
          })),
        ),
      describeTopic: never,
      createTopic: never,
      leaders: never,
      brokerCount: never,
      offsetsAt: never,
      close: () => Promise.resolve(),
    };
  }

  async #fetch(request: object): Promise<object> {
    const { topics } = request as { topics: { partitions: PartitionRequest[] }[] };
    const asked = topics.flatMap(({ partitions }) => partitions);
    const partitions: object[] = [];
    for (const part of asked) {
      this.fetches.push(part);
      const from = (await this.onFetch(part)) ?? Number(part.fetchOffset);
      const messages = this.#records(part.partition, from);
      partitions.push({
        partition: part.partition,
        highWatermark: String(this.lengths.get(part.partition) ?? 0),
        messages,
        abortedTransactions: null,
      });
    }
    // A real broker holds an empty answer back; without a pause the fetch loop would starve everything else.
    await new Promise((resolve) => setTimeout(resolve, 1));
    return { responses: [{ topicName: topic, partitions }] };
  }

  #records(partition: number, from: number): FakeRecord[] {
    const until = Math.min(this.lengths.get(partition) ?? 0, from + 3);
    return Array.from({ length: Math.max(0, until - from) }, (_, index) => ({
      offset: String(from + index),
      timestamp: '1',
      key: null,
      value: Buffer.from(`${partition}:${from + index}`),
    }));
  }
}

interface Opened {
  readonly partition: OwnedPartition;
  readonly start: StartPosition;
  readonly offsets: number[];
  isClosed: boolean;
}

const running: KafkaGroupConsumer[] = [];

function consume(
  kafka: FakeKafka,
  onRead: (opened: Opened) => Promise<void> = () => Promise.resolve(),
  { now = Date.now, retries = 1 } = {},
) {
  const opened: Opened[] = [];
  const consumer = new KafkaGroupConsumer(
    {
      groupId: 'g',
      topic,
      isOurMetadata: (metadata) => metadata.startsWith('ours'),
      open: (partition, start) => {
        const reading: Opened = { partition, start, offsets: [], isClosed: false };
        opened.push(reading);
        return {
          read: async (records) => {
            reading.offsets.push(...records.map(({ offset }) => offset));
            await onRead(reading);
          },
          close: () => {
            reading.isClosed = true;
          },
        };
      },
    },
    {
      admin: kafka.admin(),
      logger: silent,
      now,
      makeConsumer: (assigner) =>
        createConsumer({
          cluster: kafka.cluster(),
          groupId: 'g',
          logger: silent,
          partitionAssigners: [assigner],
          maxWaitTimeInMs: 1,
          heartbeatInterval: 5,
          sessionTimeout: 1_000,
          retry: {
            retries,
            initialRetryTime: 1,
            maxRetryTime: 2,
            restartOnFailure: () => Promise.resolve(false),
          },
        }),
    },
  );
  running.push(consumer);
  const of = (partition: number): Opened[] =>
    opened.filter((reading) => reading.partition.partition === partition);
  return { consumer, opened, of };
}

async function until(isTrue: () => boolean): Promise<void> {
  const endMs = Date.now() + 4_000;
  while (!isTrue()) {
    if (Date.now() > endMs) throw new Error(`not within 4 s: ${isTrue.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
});

describe('KafkaGroupConsumer over kafkajs’s own consumer', () => {
  it('begins at the commit, with its metadata, and reads to the end', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 10);
    kafka.commits.set(0, { partition: 0, offset: 4, metadata: 'ours 4' });
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 6);
    expect(of(0)[0]?.start).toEqual({
      kind: 'committed',
      offset: 4,
      metadata: 'ours 4',
      endOffset: 10,
    });
    expect(of(0)[0]?.offsets).toEqual(range(4, 10));
    expect(of(0)).toHaveLength(1);
  });

  it('looks for a coordinator that is silent anew, and joins again as the same member', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 1);
    kafka.onFetch = () => {
      kafka.lengths.set(0, (kafka.lengths.get(0) ?? 0) + 1);
      return Promise.resolve(undefined);
    };
    let nowMs = 0;
    const { consumer, of } = consume(kafka, undefined, { now: () => nowMs, retries: 10_000 });
    await consumer.start();
    await until(() => (of(0)[0]?.offsets.length ?? 0) > 3);
    const beats = kafka.heartbeats;
    kafka.onHeartbeat = () => {
      if (kafka.joinedAs.length === 1) throw new Error('Connection error: refused');
    };
    await until(() => kafka.heartbeats > beats + 3);
    expect(kafka.joinedAs).toEqual(['']);
    nowMs += 7_000;
    // That alone may have been a pause of this process: another heartbeat is tried first.
    const beatsBefore = kafka.heartbeats;
    await until(() => kafka.heartbeats > beatsBefore + 1);
    expect(kafka.joinedAs).toEqual(['']);
    nowMs += 1_500;
    await until(() => kafka.joinedAs.length === 2);
    expect(kafka.joinedAs).toEqual(['', 'me']);
    expect(of(0)[0]?.isClosed).toBe(true);
    await until(() => (of(0)[1]?.offsets.length ?? 0) > 3);
    expect(kafka.joinedAs).toHaveLength(2);
  });

  it('joins again when kafkajs goes on fetching though it was never told its assignment', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 1);
    kafka.onFetch = () => {
      kafka.lengths.set(0, (kafka.lengths.get(0) ?? 0) + 1);
      return Promise.resolve(undefined);
    };
    let nowMs = 0;
    const { consumer, of } = consume(kafka, undefined, { now: () => nowMs, retries: 10_000 });
    await consumer.start();
    await until(() => (of(0)[0]?.offsets.length ?? 0) > 3);
    kafka.onHeartbeat = () => {
      if (kafka.joinedAs.length === 1) throw createErrorFromCode(rebalanceInProgress);
    };
    kafka.onSync = () => {
      if (kafka.joinedAs.length === 2) throw new Error('SyncGroup timed out');
    };
    await until(() => kafka.joinedAs.length === 2);
    const fetched = kafka.fetches.length;
    await until(() => kafka.fetches.length > fetched + 3);
    expect(of(0)).toHaveLength(1);
    expect(of(0)[0]?.isClosed).toBe(true);
    nowMs += 5_000;
    const fetchedLater = kafka.fetches.length;
    await until(() => kafka.fetches.length > fetchedLater + 3);
    nowMs += 7_000;
    await until(() => (of(0)[1]?.offsets.length ?? 0) > 3);
    expect(of(0)[1]?.isClosed).toBe(false);
  });

  it('fetches nothing until the positions are known', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 5);
    kafka.commits.set(0, { partition: 0, offset: 2, metadata: 'ours' });
    let know: () => void = () => undefined;
    kafka.positionsKnown = new Promise((resolve) => (know = resolve));
    const { consumer, of } = consume(kafka);
    await consumer.start();
    const beats = kafka.heartbeats;
    await until(() => kafka.heartbeats > beats + 2);
    expect(kafka.fetches).toEqual([]);
    expect(of(0)).toEqual([]);
    know();
    await until(() => of(0)[0]?.offsets.length === 3);
    expect(of(0)[0]?.offsets).toEqual([2, 3, 4]);
  });

  it('begins again from the commit, with a new reader, when the fetch position jumped forward', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 12);
    kafka.commits.set(0, { partition: 0, offset: 1, metadata: 'ours' });
    let jumps = 1;
    kafka.onFetch = ({ fetchOffset }) =>
      Promise.resolve(fetchOffset === '4' && jumps-- > 0 ? 8 : undefined);
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0).at(-1)?.offsets.length === 11);
    expect(of(0).map(({ offsets }) => offsets)).toEqual([range(1, 4), range(1, 12)]);
    expect(of(0)[0]?.isClosed).toBe(true);
    expect(of(0)[1]?.partition.generation).toBeGreaterThan(of(0)[0]?.partition.generation ?? 0);
  });

  it('drops a batch of an earlier generation that arrives after a rejoin', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 9);
    kafka.lengths.set(1, 0);
    kafka.commits.set(0, { partition: 0, offset: 2, metadata: 'ours' });
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    kafka.onFetch = async ({ fetchOffset }) => {
      if (fetchOffset === '5' && kafka.generation === 1) await held;
      return undefined;
    };
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => kafka.fetches.some(({ fetchOffset }) => fetchOffset === '5'));
    // The other node's fetcher meets the rebalance; kafkajs waits for the held fetch, then joins again.
    let rebalances = 1;
    kafka.onHeartbeat = () => {
      if (rebalances-- > 0) throw createErrorFromCode(rebalanceInProgress);
    };
    await until(() => rebalances < 1);
    answer();
    await until(() => of(0).at(-1)?.offsets.length === 7);
    expect(of(0).at(-1)?.offsets).toEqual(range(2, 9));
    expect(kafka.generation).toBe(2);
    expect(of(0)[0]?.isClosed).toBe(true);
  });

  it('takes the −2 that kafkajs commits when it is out of range for no commit', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 8);
    kafka.commits.set(0, { partition: 0, offset: 5, metadata: 'ours' });
    let failures = 1;
    kafka.onFetch = ({ partition }) => {
      if (failures-- > 0) {
        return Promise.reject(
          new KafkaJSOffsetOutOfRange(createErrorFromCode(offsetOutOfRange), { topic, partition }),
        );
      }
      return Promise.resolve(undefined);
    };
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 3);
    expect(kafka.sentCommits).toMatchObject([{ offset: -2 }]);
    expect(of(0)[0]?.offsets).toEqual([5, 6, 7]);
    const next = consume(kafka);
    await next.consumer.start();
    await until(() => next.of(0)[0]?.offsets.length === 8);
    expect(next.of(0)[0]?.start).toMatchObject({
      kind: 'beginning',
      reason: 'no_commit',
      offset: 0,
    });
  });

  it('commits nothing for a partition that it has lost', async () => {
    const kafka = new FakeKafka();
    kafka.assignment = [0, 1];
    kafka.lengths.set(0, 3);
    kafka.lengths.set(1, 3);
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 3 && of(1)[0]?.offsets.length === 3);
    await expect(of(0)[0]?.partition.commit(3, 'ours')).resolves.toBe(true);
    kafka.assignment = [1];
    let rebalances = 1;
    kafka.onHeartbeat = () => {
      if (rebalances-- > 0) throw createErrorFromCode(rebalanceInProgress);
    };
    await until(() => kafka.generation === 2 && of(1).length === 2);
    expect(consumer.owned()).toEqual([1]);
    expect(of(0)[0]?.partition.isOwned()).toBe(false);
    await expect(of(0)[0]?.partition.commit(2, 'ours')).resolves.toBe(false);
    expect(kafka.sentCommits).toEqual([{ generation: 1, partition: 0, offset: 3 }]);
  });

  it('leaves it to the caller to send a failed commit again: kafkajs would do it with the next generation', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 3);
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 3);
    kafka.onCommit = () => {
      throw createErrorFromCode(coordinatorLoading);
    };
    await expect(of(0)[0]?.partition.commit(3, 'ours')).rejects.toMatchObject({
      code: 'kafka_unavailable',
      retryable: true,
    });
    expect(kafka.sentCommits).toHaveLength(1);
    kafka.onCommit = () => {
      throw createErrorFromCode(rebalanceInProgress);
    };
    await expect(of(0)[0]?.partition.commit(3, 'ours')).resolves.toBe(false);
  });

  it('ends its readings before it joins again, also when kafkajs rejoins without a word', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 3);
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 3);
    let join: () => void = () => undefined;
    kafka.mayJoin = new Promise((resolve) => (join = resolve));
    let failures = 1;
    kafka.onFetch = () =>
      failures-- > 0 ? Promise.reject(createErrorFromCode(notLeader)) : Promise.resolve(undefined);
    await until(() => of(0)[0]?.isClosed === true);
    expect(consumer.owned()).toEqual([]);
    expect(kafka.generation).toBe(1);
    join();
    await until(() => of(0)[1]?.offsets.length === 3);
  });

  it('keeps its place in the group and reads other partitions while one reader is slow', async () => {
    const kafka = new FakeKafka();
    kafka.assignment = [0, 1];
    kafka.lengths.set(0, 6);
    kafka.lengths.set(1, 6);
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const { consumer, of } = consume(kafka, ({ partition }) =>
      partition.partition === 0 ? slow : Promise.resolve(),
    );
    await consumer.start();
    await until(() => of(0)[0]?.offsets.length === 3 && of(1)[0]?.offsets.length === 6);
    const beats = kafka.heartbeats;
    kafka.lengths.set(1, 9);
    await until(() => of(1)[0]?.offsets.length === 9 && kafka.heartbeats > beats + 3);
    finish();
    await until(() => of(0)[0]?.offsets.length === 6);
    expect(of(0)[0]?.offsets).toEqual(range(0, 6));
  });

  it('begins again from the commit when a reader fails', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 3);
    let failures = 1;
    const { consumer, of } = consume(kafka, () =>
      failures-- > 0 ? Promise.reject(new Error('cannot')) : Promise.resolve(),
    );
    await consumer.start();
    await until(() => of(0)[1]?.offsets.length === 3);
    expect(of(0).map(({ isClosed }) => isClosed)).toEqual([true, false]);
  });

  it('makes a new consumer after one that crashed for good', async () => {
    const kafka = new FakeKafka();
    kafka.lengths.set(0, 3);
    let failures = 1;
    kafka.onFetch = () =>
      failures-- > 0
        ? Promise.reject(new TypeError('a codec that nobody has registered'))
        : Promise.resolve(undefined);
    const { consumer, of } = consume(kafka);
    await consumer.start();
    await until(() => of(0).at(-1)?.offsets.length === 3);
    expect(kafka.generation).toBe(2);
    expect(consumer.owned()).toEqual([0]);
  });
});
