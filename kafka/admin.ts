import kafkajs, { type Admin } from 'kafkajs';
import { AppError } from '../service/errors.js';
import { RenewableClient } from './renewable-client.js';
import { backoffMs, pause } from './timing.js';
import type {
  GroupCommit,
  LogAdmin,
  NewTopic,
  OffsetAt,
  PartitionLeader,
  PartitionOffsets,
  TopicDescription,
} from './types.js';

/** A question is asked again until it is answered or this has passed. */
const questionDeadlineMs = 15_000;
const attemptDeadlineMs = 5_000;

/**
 * Asks with a bounded backoff, each time after a failure with a new client: right after a broker's
 * start coordinators are loading and leaders missing, and kafkajs's admin doesn't refresh its
 * metadata then.
 */
export class KafkaAdmin implements LogAdmin {
  readonly #admins: RenewableClient<Admin>;

  constructor(
    makeAdmin: () => Admin,
    private readonly now: () => number,
    private readonly deadlineMs = questionDeadlineMs,
  ) {
    this.#admins = new RenewableClient(makeAdmin, now);
  }

  async describeTopic(topic: string): Promise<TopicDescription | undefined> {
    const partitions = await this.#partitionsOf(topic);
    if (partitions === undefined) return undefined;
    const settings = await this.#ask(`settings of topic ${topic}`, async (admin) => {
      const answer = await admin.describeConfigs({
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
        includeSynonyms: false,
      });
      const entries = answer.resources.flatMap(({ configEntries }) => configEntries);
      return Object.fromEntries(
        entries.map(({ configName, configValue }) => [configName, configValue]),
      );
    });
    return {
      topic,
      partitions: partitions.length,
      replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas)),
      settings,
    };
  }

  async createTopic({
    topic,
    partitions,
    replicationFactor,
    settings,
  }: NewTopic): Promise<boolean> {
    const isNew = await this.#ask(`create topic ${topic}`, (admin) =>
      admin.createTopics({
        waitForLeaders: false,
        timeout: attemptDeadlineMs,
        topics: [
          {
            topic,
            numPartitions: partitions,
            replicationFactor,
            configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
          },
        ],
      }),
    );
    await this.#untilLed(topic);
    // Who shall lead may not know it yet: asked for offsets, it answers once it does.
    await this.offsets(topic);
    return isNew;
  }

  async offsets(topic: string): Promise<readonly PartitionOffsets[]> {
    return this.#ask(`offsets of topic ${topic}`, async (admin) =>
      (await admin.fetchTopicOffsets(topic))
        .map(({ partition, low, high }) => ({
          partition,
          startOffset: Number(low),
          endOffset: Number(high),
        }))
        .sort((a, b) => a.partition - b.partition),
    );
  }

  async offsetsAt(topic: string, timeMs: number): Promise<readonly OffsetAt[]> {
    // kafkajs answers the log's end where no record is that late: it is past the end as it was
    // before.
    const ends = new Map(
      (await this.offsets(topic)).map(({ partition, endOffset }) => [partition, endOffset]),
    );
    return this.#ask(`offsets of topic ${topic} by time`, async (admin) =>
      (await admin.fetchTopicOffsetsByTimestamp(topic, timeMs))
        .map(({ partition, offset }) => ({
          partition,
          offset: Number(offset) < (ends.get(partition) ?? 0) ? Number(offset) : undefined,
        }))
        .sort((a, b) => a.partition - b.partition),
    );
  }

  async commits(groupId: string, topic: string): Promise<readonly GroupCommit[]> {
    return this.#ask(`commits of group ${groupId}`, async (admin) =>
      (await admin.fetchOffsets({ groupId, topics: [topic] }))
        .filter((answer) => answer.topic === topic)
        .flatMap(({ partitions }) => partitions)
        .map(({ partition, offset, metadata }) => ({
          partition,
          offset: Math.max(-1, Number(offset)),
          metadata: metadata ?? '',
        }))
        .sort((a, b) => a.partition - b.partition),
    );
  }

  async brokerCount(): Promise<number> {
    return this.#ask('brokers', async (admin) => (await admin.describeCluster()).brokers.length);
  }

  async leaders(topic: string): Promise<readonly PartitionLeader[]> {
    return this.#ask(`leaders of topic ${topic}`, async (admin) => {
      const { brokers } = await admin.describeCluster();
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const addresses = new Map(
        brokers.map(({ nodeId, host, port }) => [nodeId, `${host}:${port}`]),
      );
      return topics
        .flatMap(({ partitions }) => partitions)
        .map(({ partitionId, leader }) => ({
          partition: partitionId,
          broker: addresses.get(leader),
        }))
        .sort((a, b) => a.partition - b.partition);
    });
  }

  async replicasMissing(topic: string): Promise<number> {
    return this.#ask(`replicas of topic ${topic}`, async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics
        .flatMap(({ partitions }) => partitions)
        .reduce((missing, { replicas, isr }) => missing + replicas.length - isr.length, 0);
    });
  }

  async close(): Promise<void> {
    await this.#admins.close();
  }

  /**
   * Undefined when there's no such topic: asked by its absence in the list, since kafkajs keeps a
   * name it once asked for.
   */
  async #partitionsOf(
    topic: string,
  ): Promise<readonly { replicas: number; hasLeader: boolean }[] | undefined> {
    return this.#ask(`describe topic ${topic}`, async (admin) => {
      if (!(await admin.listTopics()).includes(topic)) return undefined;
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics
        .flatMap(({ partitions }) => partitions)
        .map(({ replicas, leader }) => ({ replicas: replicas.length, hasLeader: leader >= 0 }));
    });
  }

  async #untilLed(topic: string): Promise<void> {
    const endMs = this.now() + this.deadlineMs;
    for (let attempt = 0; ; attempt += 1) {
      const partitions = await this.#partitionsOf(topic);
      if (partitions !== undefined && partitions.length > 0 && partitions.every((p) => p.hasLeader))
        return;
      if (this.now() >= endMs) {
        throw new AppError(
          'kafka_unavailable',
          `topic ${topic} still has partitions without a leader`,
          {
            retryable: true,
          },
        );
      }
      await pause(backoffMs(attempt, 50, 1_000));
    }
  }

  async #ask<T>(question: string, work: (admin: Admin) => Promise<T>): Promise<T> {
    const endMs = this.now() + this.deadlineMs;
    for (let attempt = 0; ; attempt += 1) {
      const leftMs = endMs - this.now();
      try {
        return await this.#admins.use(
          question,
          Math.max(1, Math.min(leftMs, attemptDeadlineMs)),
          work,
        );
      } catch (error) {
        const waitMs = backoffMs(attempt, 100, 2_000);
        const mayAskAgain = error instanceof AppError && error.retryable;
        if (!mayAskAgain || this.now() + waitMs >= endMs) throw error;
        await pause(waitMs);
      }
    }
  }
}
