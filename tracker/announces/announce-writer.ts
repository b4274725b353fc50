import type { LogProducer } from '../../kafka/index.js';
import { topics, type ToldAnnounce } from '../../schemas/index.js';
import { AppError, messageOf } from '../../service/errors.js';
import { RateLimitedLog, type Logger } from '../../service/logs.js';
import type { AnnounceMetrics } from '../metrics.js';
import {
  AnnounceBatcher,
  type AnnounceBatcherOptions,
  type AnsweredAnnounce,
  type AppendOutcome,
  type QueueRefusal,
} from './announce-batcher.js';

export interface AnnounceWriterOptions<Origin> extends AnnounceBatcherOptions {
  readonly producer: LogProducer;
  readonly logger: Logger;
  readonly metrics: AnnounceMetrics;
  readonly now: () => number;
  /** Told of each announce that was taken, once, after Kafka's answer. */
  readonly onAnswers: (answers: readonly AnsweredAnnounce<Origin>[]) => void;
}

type RequestOf<Origin> = ReturnType<AnnounceBatcher<Origin>['takeDue']>['requests'][number];

/** Does what the batcher says: the timer, the encoding, the requests to Kafka. */
export class AnnounceWriter<Origin> {
  readonly #batcher: AnnounceBatcher<Origin>;
  readonly #limitedLog: RateLimitedLog;
  #timer: NodeJS.Timeout | undefined;
  #timerDueMs = Infinity;
  #whenEmpty: (() => void)[] = [];

  constructor(private readonly options: AnnounceWriterOptions<Origin>) {
    this.#batcher = new AnnounceBatcher(options);
    this.#limitedLog = new RateLimitedLog(options.now);
  }

  get queueBytes(): number {
    return this.#batcher.queueBytes;
  }

  /** Undefined when taken: `onAnswers` will tell once. Otherwise why to try again, or never. */
  add(
    partition: number,
    origin: Origin,
    announce: ToldAnnounce,
  ): QueueRefusal | 'unwritable' | undefined {
    const refusal = this.#batcher.add(partition, origin, announce, this.options.now());
    if (refusal === undefined) this.#schedule(this.#batcher.nextDueMsOf(partition));
    else if (refusal === 'unwritable') {
      this.#limitedLog.log('unwritable', (heldBack) =>
        this.options.logger.error({ partition, heldBack }, 'an announce that no reader would take'),
      );
    }
    return refusal;
  }

  /** Writes what waits at once; resolves when all is answered, or at the deadline: false. */
  async flush(deadlineMs: number): Promise<boolean> {
    this.#batcher.flush();
    this.#send();
    if (this.#batcher.isEmpty) return true;
    let timer: NodeJS.Timeout | undefined;
    const isEmpty = await Promise.race([
      new Promise<true>((resolve) => this.#whenEmpty.push(() => resolve(true))),
      new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), deadlineMs))),
    ]);
    clearTimeout(timer);
    return isEmpty;
  }

  /** No request is sent any more; what has no answer gets none. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timerDueMs = -Infinity;
  }

  #schedule(dueMs = this.#batcher.nextDueMs()): void {
    if (dueMs === undefined || this.#timerDueMs <= dueMs) return;
    clearTimeout(this.#timer);
    this.#timerDueMs = dueMs;
    const delayMs = Math.max(0, dueMs - this.options.now());
    this.#timer = setTimeout(() => {
      this.#timerDueMs = Infinity;
      this.#send();
    }, delayMs);
  }

  #send(): void {
    const { requests, answers } = this.#batcher.takeDue(this.options.now());
    this.#tell(answers);
    for (const request of requests) void this.#append(request);
    this.#schedule();
  }

  async #append(request: RequestOf<Origin>): Promise<void> {
    const { metrics, now, producer } = this.options;
    metrics.batchSent(request.origins.length, request.attempts);
    const sentAtMs = now();
    let outcome: AppendOutcome;
    try {
      const { partition, value } = request;
      const { logAppendTimeMs } = await producer.append(topics.announces, partition, [{ value }]);
      metrics.batchAppended((now() - sentAtMs) / 1_000);
      outcome = { kind: 'appended', logAppendTimeMs };
    } catch (error) {
      outcome = this.#failed(request, error);
    }
    this.#tell(this.#batcher.answer(request, outcome, now()));
    this.#schedule();
  }

  #failed(request: RequestOf<Origin>, error: unknown): AppendOutcome {
    // What is thrown besides an AppError is a mistake of ours, and would be thrown again.
    const isFinal = !(error instanceof AppError && error.retryable);
    this.options.metrics.batchFailed();
    this.#limitedLog.log(isFinal ? 'rejected' : 'unanswered', (heldBack) => {
      const { partition, attempts } = request;
      const fields = { partition, attempts, error: messageOf(error), heldBack };
      if (isFinal) this.options.logger.error(fields, 'Kafka refuses a batch of announces');
      else
        this.options.logger.warn(fields, 'a batch of announces is not written yet, trying again');
    });
    return { kind: isFinal ? 'rejected' : 'unanswered' };
  }

  #tell(answers: readonly AnsweredAnnounce<Origin>[]): void {
    if (answers.length > 0) this.options.onAnswers(answers);
    if (!this.#batcher.isEmpty) return;
    for (const resolve of this.#whenEmpty) resolve();
    this.#whenEmpty = [];
  }
}
