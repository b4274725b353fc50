import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload, PartitionAssigner } from 'kafkajs';
import { messageOf } from '../service/errors.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import { toLogRecord } from './log-record.js';
import { onePartition } from './one-partition-assigner.js';
import { SupervisedConsumer } from './supervised-consumer.js';
import type { LogFollower, LogRecord } from './types.js';

export interface FollowerParts {
  readonly makeConsumer: (groupId: string, assigner: PartitionAssigner) => Consumer;
  readonly logger: Logger;
  readonly now: () => number;
}

/**
 * Reads one partition through a throw-away group, which commits nothing, from the log's end on.
 * Each record is given once, in order; after a rejoin it goes on behind the last one, if that is
 * still in the log.
 */
export class KafkaFollower implements LogFollower {
  readonly #supervised: SupervisedConsumer;
  readonly #warnings: RateLimitedLog;
  #nextOffset: number | undefined;

  constructor(
    private readonly topic: string,
    private readonly partition: number,
    private readonly onRecord: (record: LogRecord) => void,
    private readonly parts: FollowerParts,
  ) {
    const assigner = onePartition(topic, partition);
    this.#warnings = new RateLimitedLog(parts.now);
    this.#supervised = new SupervisedConsumer({
      groupId: `follow-${topic}`,
      topic,
      beginsAtEnd: true,
      // A new name each time: under the old one it would wait until the member that crashed has
      // timed out.
      makeConsumer: () => parts.makeConsumer(`follow-${topic}-${randomUUID()}`, assigner),
      onBatch: (payload) => this.#onBatch(payload),
      onJoined: () => this.#seek(),
      onEnded: () => undefined,
      logger: parts.logger,
      now: parts.now,
    });
  }

  start(): Promise<void> {
    return this.#supervised.start();
  }

  stop(): Promise<void> {
    return this.#supervised.stop();
  }

  #seek(): void {
    const { topic, partition } = this;
    if (this.#nextOffset === undefined) return;
    this.#supervised.consumer?.seek({ topic, partition, offset: String(this.#nextOffset) });
  }

  #onBatch(payload: EachBatchPayload): void {
    if (payload.isStale()) return;
    for (const message of payload.batch.messages) {
      const record = toLogRecord(this.partition, message);
      // The offset of a log that was made anew begins at 0 again.
      this.#nextOffset = record.offset + 1;
      this.#give(record);
      payload.resolveOffset(message.offset);
    }
  }

  /** A listener's failure must not stop the log: the next records may well be fine. */
  #give(record: LogRecord): void {
    try {
      this.onRecord(record);
    } catch (error) {
      const { topic } = this;
      this.#warnings.log('failed', (heldBack) =>
        this.parts.logger.error(
          { topic, offset: record.offset, error: messageOf(error), heldBack },
          'a record of the log could not be applied',
        ),
      );
    }
  }
}
