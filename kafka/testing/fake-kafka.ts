import { createRequire } from 'node:module';
import kafkajs, { type Consumer } from 'kafkajs';
import { silentLogger } from '../../service/testing/silent-logger.js';
import type { GroupCommit, LogAdmin } from '../types.js';

/**
 * kafkajs's real consumer (runner, group, offset manager) over a cluster of plain objects, which
 * can do what a real one does only at the wrong moment: kafka/DEFECTS.md. kafkajs has no types for
 * its inside.
 */
const require = createRequire(import.meta.url);
export const createConsumer = require('kafkajs/src/consumer') as (options: object) => Consumer;
export const { createErrorFromCode } = require('kafkajs/src/protocol/error') as {
  createErrorFromCode: (code: number) => Error;
};
export const { KafkaJSOffsetOutOfRange } = require('kafkajs/src/errors') as {
  KafkaJSOffsetOutOfRange: new (error: Error, where: object) => Error;
};
const { MemberAssignment } = kafkajs.AssignerProtocol;

export const offsetOutOfRange = 1;
export const notLeader = 6;
export const coordinatorLoading = 14;
export const rebalanceInProgress = 27;
export const topic = 't';

export const silent = { ...silentLogger, namespace: () => silent };

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
export class FakeKafka {
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

  /**
   * One consumer's view; offsets that it takes for committed are its own, as in a Kafka instance of
   * its own.
   */
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
      replicasMissing: never,
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
    // A real broker holds an empty answer back; without a pause the fetch loop would starve
    // everything else.
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
