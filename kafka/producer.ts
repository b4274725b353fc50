import kafkajs, { type Producer } from 'kafkajs';
import { AppError } from '../service/errors.js';
import {
  checkProduceAnswer,
  type ProduceAnswer,
  type ProduceAnswerEntry,
} from './produce-answer.js';
import { RenewableClient } from './renewable-client.js';
import type {
  Appended,
  NewRecord,
  PartitionAppend,
  PartitionsProducer,
  ProducerOptions,
} from './types.js';

/**
 * An append is answered or rejected within this time: long enough for a leader to wait until a
 * follower that died has left the in-sync replicas, short enough to leave a leader that hangs for
 * the one that Kafka has made.
 */
export const appendDeadlineMs = 8_000;
/** How long a leader may wait for its followers. */
const acksTimeoutMs = 8_000;
/** As Kafka has it. */
const acksOf = { all: -1, leader: 1 } as const;

/**
 * Appends, by default with acks=all, through a plain (not idempotent) producer: kafkajs's
 * idempotent one loses a batch after a rejected send, and resolves though a partition of several
 * was lost (kafka/DEFECTS.md#appending). Hence no attempt but the first, an answer that must name
 * each partition, and a new producer after a rejection.
 */
export class PlainProducer implements PartitionsProducer {
  readonly #producers: RenewableClient<Producer>;

  constructor(
    makeProducer: () => Producer,
    now: () => number,
    private readonly options: ProducerOptions = {},
    private readonly deadlineMs = appendDeadlineMs,
  ) {
    this.#producers = new RenewableClient(makeProducer, now);
  }

  async append(topic: string, partition: number, records: readonly NewRecord[]): Promise<Appended> {
    const doing = `append to ${topic}/${partition}`;
    return this.#producers.use(doing, this.deadlineMs, async (producer) => {
      const entries = await this.#send(producer, doing, topic, [{ partition, records }]);
      return acknowledged(doing, checkProduceAnswer(entries, topic, partition));
    });
  }

  async appendEach(topic: string, appends: readonly PartitionAppend[]): Promise<void> {
    const doing = `append to ${topic}/${appends.map(({ partition }) => partition).join(',')}`;
    await this.#producers.use(doing, this.deadlineMs, async (producer) => {
      const entries = await this.#send(producer, doing, topic, appends);
      for (const { partition } of appends) {
        const ofPartition = entries.filter((entry) => entry.partition === partition);
        acknowledged(doing, checkProduceAnswer(ofPartition, topic, partition));
      }
    });
  }

  async close(): Promise<void> {
    await this.#producers.close();
  }

  async #send(
    producer: Producer,
    doing: string,
    topic: string,
    appends: readonly PartitionAppend[],
  ): Promise<readonly ProduceAnswerEntry[]> {
    if (appends.length === 0 || appends.some(({ records }) => records.length === 0)) {
      throw new AppError('kafka_rejected', `${doing}: no records`);
    }
    return producer.send({
      topic,
      acks: acksOf[this.options.acks ?? 'all'],
      timeout: acksTimeoutMs,
      compression: kafkajs.CompressionTypes.None,
      messages: appends.flatMap(({ partition, records }) =>
        records.map(({ key, value }) => ({ key: key ?? null, value, partition })),
      ),
    });
  }
}

/** Where it stands; throws what says why it isn't known to. */
function acknowledged(doing: string, answer: ProduceAnswer): Appended {
  if (answer.ok) return answer.appended;
  const { retryable, detail } = answer;
  throw new AppError(retryable ? 'kafka_unavailable' : 'kafka_rejected', `${doing}: ${detail}`, {
    retryable,
  });
}
