import kafkajs, { type Producer } from 'kafkajs';
import { AppError } from '../service/errors.js';
import { checkProduceAnswer } from './produce-answer.js';
import { RenewableClient } from './renewable-client.js';
import type { Appended, LogProducer, NewRecord, ProducerOptions } from './types.js';

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
 * was lost (kafka/DEFECTS.md#appending). Hence one partition a call, an answer that must name it,
 * and a new producer after a rejection.
 */
export class PlainProducer implements LogProducer {
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
    if (records.length === 0) throw new AppError('kafka_rejected', `${doing}: no records`);
    return this.#producers.use(doing, this.deadlineMs, async (producer) => {
      const answer = checkProduceAnswer(
        await producer.send({
          topic,
          acks: acksOf[this.options.acks ?? 'all'],
          timeout: acksTimeoutMs,
          compression: kafkajs.CompressionTypes.None,
          messages: records.map(({ key, value }) => ({ key: key ?? null, value, partition })),
        }),
        topic,
        partition,
      );
      if (answer.ok) return answer.appended;
      throw new AppError(
        answer.retryable ? 'kafka_unavailable' : 'kafka_rejected',
        `${doing}: ${answer.detail}`,
        { retryable: answer.retryable },
      );
    });
  }

  async close(): Promise<void> {
    await this.#producers.close();
  }
}
