import {
  AnnounceEncoder,
  encodeAnnounceBatch,
  type MinuteTimes,
  type PutAnnounces,
  type ToldAnnounce,
} from '../../schemas/index.js';
import { isTooLate, mayAcknowledge } from './time-rules.js';

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
  /** Kafka won't take these bytes, however often they are sent. */
  | { readonly kind: 'rejected' };

/** Announces in columns, their bytes elsewhere: no object of each waits for an answer. */
interface Waiting<Origin> {
  readonly origins: Origin[];
  readonly numbers: number[];
  readonly times: number[];
}

/** A batch on its way to Kafka. */
export interface Request<Origin> extends Readonly<Waiting<Origin>> {
  readonly partition: number;
  /** The batch, the same at every attempt. */
  readonly value: Buffer;
  /** What it counts in the queue's bytes. */
  readonly bytes: number;
  attempts: number;
  state: 'in flight' | 'waiting to be sent again' | 'done';
  /** When it is to be sent again, while it waits for that. */
  dueMs: number;
}

export interface PartitionQueueOptions {
  readonly tracker: string;
  /** By which version of their schema announces are written now. */
  readonly recordsVersion: () => number;
  readonly times: MinuteTimes;
  readonly batchAnnouncesMax: number;
  readonly batchWaitMs: number;
  readonly requestsInFlightMax: number;
  readonly retryDelayMs: number;
  readonly retryDelayMsMax: number;
}

/** What is gathered for a batch. */
interface Gathered<Origin> extends Waiting<Origin> {
  /** Where each one's bytes end. */
  readonly ends: number[];
  sinceMs: number;
}

/** What was gathered, with its bytes. */
interface Full<Origin> extends Omit<Gathered<Origin>, 'sinceMs'>, PutAnnounces {
  /** Of the records. */
  readonly version: number;
}

/** Memory of a waiting announce besides its bytes: its place in the columns. */
const placeBytes = 64;

function bytesOf(count: number, announces: Buffer): number {
  return count * placeBytes + announces.length;
}

/**
 * What waits for one partition of `announces`: collects batches, says when to send what, and turns
 * Kafka's answers into one answer for each announce. Pure: the clock is passed in, whoever
 * calls does the sending.
 */
export class PartitionQueue<Origin> {
  #encoder: AnnounceEncoder;
  #gathered: Gathered<Origin> | undefined;
  /** Those that are full wait for a request to be answered. */
  readonly #full: Full<Origin>[] = [];
  readonly #open = new Set<Request<Origin>>();
  #bytes = 0;
  #isFlushing = false;
  #lookedAtMs = -Infinity;

  constructor(
    private readonly partition: number,
    private readonly options: PartitionQueueOptions,
  ) {
    this.#encoder = new AnnounceEncoder(options.recordsVersion());
  }

  /** Memory of announces that have no answer yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** True: a request was or is to be sent again, since Kafka didn't take it. */
  get isFailing(): boolean {
    for (const request of this.#open) if (request.attempts > 1 || request.dueMs > 0) return true;
    return false;
  }

  /** False: a reader wouldn't believe it, so it isn't taken. */
  add(origin: Origin, announce: ToldAnnounce, nowMs: number): boolean {
    this.#heedClock(nowMs);
    this.#useVersion(this.options.recordsVersion());
    const before = this.#encoder.bytes;
    if (!this.#encoder.put(announce)) return false;
    const end = this.#encoder.bytes;
    this.#gathered ??= { origins: [], numbers: [], times: [], ends: [], sinceMs: nowMs };
    const { origins, numbers, times, ends } = this.#gathered;
    origins.push(origin);
    numbers.push(announce.number);
    times.push(announce.time);
    ends.push(end);
    this.#bytes += placeBytes + end - before;
    if (origins.length >= this.options.batchAnnouncesMax) this.#close(this.#gathered);
    return true;
  }

  /** Until nothing waits any more, batches don't wait to become full. */
  flush(): void {
    this.#isFlushing = true;
  }

  /** When `takeDue` may have something again; undefined: not before an answer or announce comes. */
  nextDueMs(): number | undefined {
    let dueMs = Infinity;
    for (const request of this.#open) {
      if (request.state === 'waiting to be sent again') dueMs = Math.min(dueMs, request.dueMs);
    }
    if (this.#open.size < this.options.requestsInFlightMax) {
      if (this.#full.length > 0) dueMs = -Infinity;
      else if (this.#gathered !== undefined) {
        const { sinceMs } = this.#gathered;
        const gatheredMs = this.#isFlushing ? -Infinity : sinceMs + this.options.batchWaitMs;
        dueMs = Math.min(dueMs, gatheredMs);
      }
    }
    return dueMs === Infinity ? undefined : dueMs;
  }

  /** Requests to send now, in flight from here on, and announces that time has run out for. */
  takeDue(nowMs: number): { requests: Request<Origin>[]; answers: AnsweredAnnounce<Origin>[] } {
    const requests: Request<Origin>[] = [];
    const answers: AnsweredAnnounce<Origin>[] = [];
    this.#heedClock(nowMs);
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
      if (this.#full.length === 0 && this.#gathered !== undefined) this.#close(this.#gathered);
      const batch = this.#full.shift();
      if (batch === undefined) break;
      const inTime = this.#inTime(batch, nowMs, answers);
      if (inTime.origins.length > 0) requests.push(this.#request(inTime, nowMs));
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
        return this.#finish(request, (timeMs) =>
          mayAcknowledge(timeMs, outcome.logAppendTimeMs, nowMs, times) ? 'acknowledged' : 'late',
        );
      case 'rejected':
        return this.#finish(request, () => 'retry');
      case 'unanswered':
        if (this.#isHopeless(request, nowMs)) return this.#finish(request, () => 'late');
        request.state = 'waiting to be sent again';
        request.dueMs =
          nowMs + Math.min(retryDelayMs * 2 ** Math.min(request.attempts - 1, 16), retryDelayMsMax);
        return [];
    }
  }

  /** Where the clock was set back, what has a time by it would wait for as long. */
  #heedClock(nowMs: number): void {
    if (nowMs < this.#lookedAtMs) {
      if (this.#gathered !== undefined) this.#gathered.sinceMs = nowMs;
      for (const request of this.#open) request.dueMs = Math.min(request.dueMs, nowMs);
    }
    this.#lookedAtMs = nowMs;
  }

  /** A batch has announces of one version. */
  #useVersion(version: number): void {
    if (version === this.#encoder.version) return;
    if (this.#gathered !== undefined) this.#close(this.#gathered);
    this.#encoder = new AnnounceEncoder(version);
  }

  #close({ origins, numbers, times, ends }: Gathered<Origin>): void {
    const { version } = this.#encoder;
    this.#full.push({ origins, numbers, times, ends, ...this.#encoder.take(), version });
    this.#gathered = undefined;
  }

  #request(full: Full<Origin>, nowMs: number): Request<Origin> {
    const { origins, numbers, times, announces, version } = full;
    const batch = { tracker: this.options.tracker, written: nowMs };
    const request: Request<Origin> = {
      origins,
      numbers,
      times,
      partition: this.partition,
      value: encodeAnnounceBatch(version, batch, origins.length, full),
      bytes: bytesOf(origins.length, announces),
      attempts: 1,
      state: 'in flight',
      dueMs: 0,
    };
    this.#open.add(request);
    return request;
  }

  /** Those that are still in time; the others are answered. */
  #inTime(batch: Full<Origin>, nowMs: number, answers: AnsweredAnnounce<Origin>[]): Full<Origin> {
    const isLate = (timeMs: number): boolean => isTooLate(timeMs, nowMs, this.options.times);
    if (!batch.times.some(isLate)) return batch;
    const { origins, numbers, times, ends, announces } = batch;
    const inTime: Waiting<Origin> = { origins: [], numbers: [], times: [] };
    const parts: Buffer[] = [];
    for (const [index, origin] of origins.entries()) {
      const [number = 0, time = 0] = [numbers[index], times[index]];
      if (isLate(time)) {
        answers.push({ origin, number, answer: 'late' });
        continue;
      }
      inTime.origins.push(origin);
      inTime.numbers.push(number);
      inTime.times.push(time);
      parts.push(announces.subarray(ends[index - 1] ?? 0, ends[index]));
    }
    const rest = Buffer.concat(parts);
    this.#bytes -= bytesOf(origins.length, announces) - bytesOf(parts.length, rest);
    return { ...batch, ...inTime, announces: rest, ends: [] };
  }

  /** No announce of it can be in time any more. */
  #isHopeless({ times }: Request<Origin>, nowMs: number): boolean {
    return times.every((timeMs) => isTooLate(timeMs, nowMs, this.options.times));
  }

  #finish(
    request: Request<Origin>,
    answerOf: (timeMs: number) => AnnounceAnswer,
  ): AnsweredAnnounce<Origin>[] {
    request.state = 'done';
    this.#open.delete(request);
    this.#bytes -= request.bytes;
    if (this.#bytes === 0) this.#isFlushing = false;
    const { numbers, times } = request;
    return request.origins.map((origin, index) => ({
      origin,
      number: numbers[index] ?? 0,
      answer: answerOf(times[index] ?? 0),
    }));
  }
}
