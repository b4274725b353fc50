import type { Appended, LogProducer, NewRecord } from '../../kafka/index.js';
import { codec, type AnnounceBatch } from '../../schemas/index.js';
import { AppError } from '../../service/errors.js';

interface Held {
  readonly answer: () => void;
}

/** A log in memory: answers at once, or when told, or fails while it is away. */
export class MemoryLog implements LogProducer {
  readonly batches: { readonly partition: number; readonly batch: AnnounceBatch }[] = [];
  isAway = false;
  isHolding = false;
  appends = 0;
  /** Added to the clock for LogAppendTime. */
  clockOffsetMs = 0;
  readonly #held: Held[] = [];

  async append(
    _topic: string,
    partition: number,
    records: readonly NewRecord[],
  ): Promise<Appended> {
    this.appends += 1;
    if (this.isAway) {
      throw new AppError('kafka_unavailable', 'no broker answers', { retryable: true });
    }
    const decoded = codec().decode(records[0]?.value ?? null);
    if (!decoded.ok || decoded.record.type !== 'AnnounceBatch') throw new Error('not a batch');
    if (this.isHolding) {
      await new Promise<void>((resolve) => this.#held.push({ answer: resolve }));
    }
    this.batches.push({ partition, batch: decoded.record.value });
    return {
      partition,
      baseOffset: this.batches.length - 1,
      logAppendTimeMs: Date.now() + this.clockOffsetMs,
    };
  }

  get heldCount(): number {
    return this.#held.length;
  }

  answerAll(): void {
    this.isHolding = false;
    for (const { answer } of this.#held.splice(0)) answer();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
