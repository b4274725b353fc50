import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { AppError, messageOf } from '../service/errors.js';
import type { Logger } from '../service/logs.js';
import { toLogRecord } from './log-record.js';
import { SupervisedConsumer } from './supervised-consumer.js';
import type { LogAdmin, LogRecord, LogTail } from './types.js';

export interface TailParts {
  readonly makeConsumer: (groupId: string) => Consumer;
  /** Asked for the log's end, at the start and when it seems lost; closed at `stop`. */
  readonly admin: LogAdmin;
  readonly logger: Logger;
  readonly now: () => number;
  readonly after: (delayMs: number, run: () => void) => void;
  /** Told an AppError (`kafka_log_lost`): what was read is no beginning of the log any more. */
  readonly onLost?: ((error: AppError) => void) | undefined;
}

const partition = 0;
/** A new leader may tell an earlier end for as long as it takes to hear of the true one. */
const leaderChangeMsMax = 10_000;

/**
 * Reads a one-partition log through a throw-away group, which commits nothing. Each record is given
 * once, in order; after a rejoin or a restart it goes on behind the last one. Gaps are fine here:
 * compaction makes them.
 */
export class KafkaTail implements LogTail {
  readonly #supervised: SupervisedConsumer;
  #nextOffset = 0;
  #caughtUpOffset = Infinity;
  #onCaughtUp: () => void = () => undefined;
  #isSuspected = false;
  #isStopped = false;

  constructor(
    private readonly topic: string,
    private readonly onRecord: (record: LogRecord) => void,
    private readonly parts: TailParts,
  ) {
    this.#supervised = new SupervisedConsumer({
      groupId: `tail-${topic}`,
      topic,
      // A new name each time: under the old one it would wait until the member that crashed has
      // timed out.
      makeConsumer: () => parts.makeConsumer(`tail-${topic}-${randomUUID()}`),
      onBatch: (payload) => this.#onBatch(payload),
      onJoined: () => this.#seek(),
      onEnded: () => undefined,
      logger: parts.logger,
      now: parts.now,
    });
  }

  async start(): Promise<void> {
    const offsets = await this.parts.admin.offsets(this.topic);
    const [log] = offsets;
    if (log === undefined || offsets.length !== 1) {
      throw new AppError(
        'kafka_wrong_topic',
        `${this.topic} must have 1 partition, not ${offsets.length}`,
      );
    }
    const caughtUp = new Promise<void>((resolve) => {
      this.#onCaughtUp = resolve;
    });
    this.#nextOffset = Math.max(this.#nextOffset, log.startOffset);
    this.#caughtUpOffset = log.endOffset;
    this.#checkCaughtUp();
    await this.#supervised.start();
    await caughtUp;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#supervised.stop();
    this.#onCaughtUp();
    await this.parts.admin.close();
  }

  lastAnswerAtMs(): number {
    return this.#supervised.lastFetchAtMs;
  }

  #seek(): void {
    this.#supervised.consumer?.seek({
      topic: this.topic,
      partition,
      offset: String(this.#nextOffset),
    });
  }

  #onBatch(payload: EachBatchPayload): void {
    if (payload.isStale()) return;
    if (Number(payload.batch.highWatermark) < this.#nextOffset) this.#suspect();
    for (const message of payload.batch.messages) {
      const record = toLogRecord(partition, message);
      if (record.offset < this.#nextOffset) continue;
      this.#nextOffset = record.offset + 1;
      this.#give(record);
    }
    payload.resolveOffset(String(this.#nextOffset - 1));
    this.#checkCaughtUp();
  }

  /** A listener's failure must not stop the log for all: the next records may well be fine. */
  #give(record: LogRecord): void {
    try {
      this.onRecord(record);
    } catch (error) {
      this.parts.logger.error(
        { topic: this.topic, offset: record.offset, error: messageOf(error) },
        'a record of the log could not be applied',
      );
    }
  }

  /**
   * The log ends before what we have read of it. Where it stays so, the topic was made anew or a
   * broker that lacked records leads it (an unclean election): kafkajs begins again and again, and
   * records below our offset would be passed over.
   */
  #suspect(): void {
    if (this.#isSuspected) return;
    this.#isSuspected = true;
    this.parts.after(leaderChangeMsMax, () => {
      // Where nobody answers, the next batch raises the suspicion again.
      const ask = this.#isStopped ? Promise.resolve() : this.#askForEnd();
      void ask
        .catch(() => undefined)
        .finally(() => {
          this.#isSuspected = false;
        });
    });
  }

  async #askForEnd(): Promise<void> {
    const [log] = await this.parts.admin.offsets(this.topic);
    if (log === undefined || log.endOffset >= this.#nextOffset || this.#isStopped) return;
    this.parts.onLost?.(
      new AppError(
        'kafka_log_lost',
        `${this.topic} ends at ${log.endOffset}, and was read up to ${this.#nextOffset}: it was made anew, or lost records`,
      ),
    );
  }

  #checkCaughtUp(): void {
    if (this.#nextOffset >= this.#caughtUpOffset) this.#onCaughtUp();
  }
}
