import { appendDeadLetter, type LogRecord } from '../kafka/index.js';
import { topics } from '../schemas/index.js';
import type { Refusal } from './refusal.js';
import type { StageParts } from './stage-parts.js';

/**
 * The dead letters of one owned partition: its records that can't be read, with where they stood
 * and why.
 */
export class DeadLetters {
  #before: number;

  /** `before`: records below this offset were dealt with by an earlier owner. */
  constructor(
    private readonly topic: string,
    before: number,
    private readonly isWanted: () => boolean,
    private readonly parts: StageParts,
  ) {
    this.#before = before;
  }

  /** Broken records below this offset stand in the dead letters. */
  get before(): number {
    return this.#before;
  }

  /**
   * Appends a dead letter until Kafka took it: the reader goes on only then, so that none is lost.
   */
  async refuse(record: LogRecord, refusal: Refusal): Promise<void> {
    if (record.offset < this.#before) return;
    const { producer, node, logger, rateLimited, metrics } = this.parts;
    const { partition, offset } = record;
    metrics.deadLetters.inc({ topic: this.topic, reason: refusal.reason });
    rateLimited.log(`dead letter of ${this.topic}`, (heldBack) =>
      logger.error(
        { topic: this.topic, partition, offset, ...refusal, heldBack },
        'a record cannot be read: sent to the dead letters',
      ),
    );
    await appendDeadLetter(this.topic, record, refusal, {
      producer,
      node,
      isWanted: this.isWanted,
      sleep: this.parts.sleep,
      onFailure: () => metrics.appendFailures.inc({ topic: topics.deadLetters }),
    });
    this.#before = offset + 1;
  }
}
