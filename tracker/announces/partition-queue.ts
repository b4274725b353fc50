import type { Announce, AnnounceBatch, MinuteTimes } from '../../schemas/index.js';
import { isTooLate, mayAcknowledge } from './time-rules.js';

/** An announce that waits for its answer, and whose it is. */
export interface WaitingAnnounce<Origin> {
  readonly origin: Origin;
  readonly announce: Announce;
}

/** The one answer that every announce gets. */
export type AnnounceAnswer = 'acknowledged' | 'late' | 'retry';

export interface AnsweredAnnounce<Origin> {
  readonly origin: Origin;
  readonly number: number;
  readonly answer: AnnounceAnswer;
}

/** What Kafka said to a request. */
export type AppendOutcome =
  | { readonly kind: 'appended'; readonly logAppendTimeMs: number }
  /** Not acknowledged, but it may stand in the log all the same. */
  | { readonly kind: 'unanswered' }
  /**
   * Kafka won't take these bytes, however often they are sent. `unwritable`: announces that can't
   * be put into bytes at all; the others may go in another batch.
   */
  | { readonly kind: 'rejected'; readonly unwritable?: ReadonlySet<Announce> };

/** A batch on its way to Kafka. `value` is the same at every attempt. */
export interface Request<Origin> {
  readonly partition: number;
  readonly value: AnnounceBatch;
  readonly origins: readonly Origin[];
  attempts: number;
  state: 'in flight' | 'waiting to be sent again' | 'done';
  /** When it is to be sent again, while it waits for that. */
  dueMs: number;
}

export interface PartitionQueueOptions {
  readonly tracker: string;
  readonly times: MinuteTimes;
  readonly batchAnnouncesMax: number;
  readonly batchWaitMs: number;
  readonly requestsInFlightMax: number;
  readonly retryDelayMs: number;
  readonly retryDelayMsMax: number;
}

interface Queued<Origin> extends WaitingAnnounce<Origin> {
  readonly sinceMs: number;
}

/**
 * What waits for one partition of `announces`: collects batches, says when to send what, and turns
 * Kafka's answers into one answer for each announce. Pure: the clock is passed in, whoever
 * calls does the sending.
 */
export class PartitionQueue<Origin> {
  readonly #queued: Queued<Origin>[] = [];
  readonly #open = new Set<Request<Origin>>();
  #isFlushing = false;

  constructor(
    private readonly partition: number,
    private readonly options: PartitionQueueOptions,
  ) {}

  /** Announces that have no answer yet. */
  get size(): number {
    let size = this.#queued.length;
    for (const request of this.#open) size += request.origins.length;
    return size;
  }

  /** True: a request was or is to be sent again, since Kafka didn't take it. */
  get isFailing(): boolean {
    for (const request of this.#open) if (request.attempts > 1 || request.dueMs > 0) return true;
    return false;
  }

  add({ origin, announce }: WaitingAnnounce<Origin>, nowMs: number): void {
    this.#queued.push({ origin, announce, sinceMs: nowMs });
  }

  /** From now on batches don't wait to become full. */
  flush(): void {
    this.#isFlushing = true;
  }

  /** When `takeDue` may have something again; undefined: not before an answer or announce comes. */
  nextDueMs(): number | undefined {
    let dueMs = Infinity;
    for (const request of this.#open) {
      if (request.state === 'waiting to be sent again') dueMs = Math.min(dueMs, request.dueMs);
    }
    const oldest = this.#queued[0];
    if (oldest !== undefined && this.#open.size < this.options.requestsInFlightMax) {
      const isDue = this.#isFlushing || this.#queued.length >= this.options.batchAnnouncesMax;
      dueMs = Math.min(dueMs, isDue ? -Infinity : oldest.sinceMs + this.options.batchWaitMs);
    }
    return dueMs === Infinity ? undefined : dueMs;
  }

  /** Requests to send now, in flight from here on, and announces that time has run out for. */
  takeDue(nowMs: number): { requests: Request<Origin>[]; answers: AnsweredAnnounce<Origin>[] } {
    const requests: Request<Origin>[] = [];
    const answers: AnsweredAnnounce<Origin>[] = [];
    for (const request of this.#open) {
      if (request.state !== 'waiting to be sent again' || request.dueMs > nowMs) continue;
      if (this.#isHopeless(request, nowMs)) {
        answers.push(...this.#finish(request, () => 'late'));
      } else {
        request.state = 'in flight';
        request.attempts += 1;
        requests.push(request);
      }
    }
    for (
      let dueMs = this.nextDueMs();
      dueMs !== undefined && dueMs <= nowMs;
      dueMs = this.nextDueMs()
    ) {
      const inTime: Queued<Origin>[] = [];
      for (const queued of this.#queued.splice(0, this.options.batchAnnouncesMax)) {
        const { origin, announce } = queued;
        if (!isTooLate(announce.time, nowMs, this.options.times)) inTime.push(queued);
        else answers.push({ origin, number: announce.number, answer: 'late' });
      }
      if (inTime.length > 0) requests.push(this.#request(inTime, nowMs));
    }
    return { requests, answers };
  }

  /** Takes Kafka's answer to a request. A request that has been answered before is left alone. */
  answer(
    request: Request<Origin>,
    outcome: AppendOutcome,
    nowMs: number,
  ): AnsweredAnnounce<Origin>[] {
    if (request.state !== 'in flight') return [];
    const { times, retryDelayMs, retryDelayMsMax } = this.options;
    switch (outcome.kind) {
      case 'appended':
        return this.#finish(request, (announce) =>
          mayAcknowledge(announce.time, outcome.logAppendTimeMs, nowMs, times)
            ? 'acknowledged'
            : 'late',
        );
      case 'rejected':
        return this.#finish(request, (announce) =>
          outcome.unwritable?.has(announce) === true ? 'late' : 'retry',
        );
      case 'unanswered':
        if (this.#isHopeless(request, nowMs)) return this.#finish(request, () => 'late');
        request.state = 'waiting to be sent again';
        request.dueMs =
          nowMs + Math.min(retryDelayMs * 2 ** Math.min(request.attempts - 1, 16), retryDelayMsMax);
        return [];
    }
  }

  #request(waiting: readonly Queued<Origin>[], nowMs: number): Request<Origin> {
    const request: Request<Origin> = {
      partition: this.partition,
      value: {
        tracker: this.options.tracker,
        written: nowMs,
        announces: waiting.map(({ announce }) => announce),
      },
      origins: waiting.map(({ origin }) => origin),
      attempts: 1,
      state: 'in flight',
      dueMs: 0,
    };
    this.#open.add(request);
    return request;
  }

  /** No announce of it can be in time any more. */
  #isHopeless(request: Request<Origin>, nowMs: number): boolean {
    return request.value.announces.every(({ time }) => isTooLate(time, nowMs, this.options.times));
  }

  #finish(
    request: Request<Origin>,
    answerOf: (announce: Announce) => AnnounceAnswer,
  ): AnsweredAnnounce<Origin>[] {
    request.state = 'done';
    this.#open.delete(request);
    const answers: AnsweredAnnounce<Origin>[] = [];
    for (const [index, origin] of request.origins.entries()) {
      const announce = request.value.announces[index];
      if (announce === undefined) continue;
      answers.push({ origin, number: announce.number, answer: answerOf(announce) });
    }
    return answers;
  }
}
