import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  announceLimits,
  codec,
  reportedFields,
  reportedNumber,
  type ToldAnnounce,
  type AnnounceBatch,
} from '../../schemas/index.js';
import { seededRandom, type Random } from '../../service/random.js';
import { reportOf } from '../testing/reports.js';
import {
  AnnounceBatcher,
  announceBytesMax,
  type AnnounceBatcherOptions,
  type AnsweredAnnounce,
  type AppendOutcome,
} from './announce-batcher.js';
import { announceOf } from './report.js';
import { isTooLate, mayAcknowledge } from './time-rules.js';

const times = { intervalMs: 5_000, lateMs: 15_000, graceMs: 5_000 };
const options: AnnounceBatcherOptions = {
  tracker: 't1',
  recordsVersion: () => 2,
  partitions: 2,
  times,
  batchAnnouncesMax: 4,
  batchWaitMs: 100,
  requestsInFlightMax: 2,
  retryDelayMs: 50,
  retryDelayMsMax: 400,
  partitionQueueBytesMax: 4_000,
  queueBytesMax: 6_000,
};
const session = {
  stream: 'arena',
  session: Buffer.alloc(16),
  browser: 'Chrome',
  role: 'viewer',
  facets: [],
  viewer: null,
} as const;
const announceAt = (number: number, time: number): ToldAnnounce =>
  announceOf(session, reportOf({ number, time }), [], 'connected');

type Batcher = AnnounceBatcher<string>;
type Request = ReturnType<Batcher['takeDue']>['requests'][number];

function batchOf({ value }: Request): AnnounceBatch {
  const decoded = codec().decode(value);
  if (!decoded.ok || decoded.record.type !== 'AnnounceBatch') throw new Error('no batch');
  return decoded.record.value;
}

interface InFlight {
  readonly request: Request;
  readonly dueMs: number;
  readonly outcome: AppendOutcome;
}

/** A Kafka that answers late, out of order, not at all, wrongly or twice, under one seed. */
class WaywardKafka {
  /** True: from now on it answers at once, and rightly. */
  #isGood = false;
  readonly #random: Random;
  readonly #batcher: Batcher = new AnnounceBatcher(options);
  readonly #inFlight: InFlight[] = [];
  readonly #attempts = new Map<Request, string>();
  readonly #added = new Set<number>();
  readonly #answers = new Map<number, AnsweredAnnounce<string>>();
  readonly #mayBeAcknowledged = new Set<number>();
  #nowMs = 1_000_000;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A viewer announces, maybe something that is almost too old. */
  announce(number: number): void {
    this.#nowMs += Math.floor(this.#random() * 120);
    const announce = announceAt(number, this.#nowMs - Math.floor(this.#random() * 12_000));
    const refusal = this.#batcher.add(number % 2, `viewer ${number}`, announce, this.#nowMs);
    if (refusal === undefined) this.#added.add(number);
    expect(this.#batcher.queueBytes).toBeLessThanOrEqual(options.queueBytesMax);
  }

  /** Takes what is due, each batch as it was the first time, and answers what is. */
  step(): void {
    this.#send();
    this.#answer();
  }

  /** Becomes good, and goes on until nothing waits: then each announce has had its one answer. */
  finish(): void {
    this.#isGood = true;
    this.#batcher.flush();
    for (let step = 0; step < 20_000 && !this.#batcher.isEmpty; step += 1) {
      this.#nowMs += 25;
      this.step();
    }
    expect(this.#batcher.isEmpty).toBe(true);
    expect(this.#batcher.queueBytes).toBe(0);
    expect(this.#batcher.nextDueMs()).toBeUndefined();
    expect([...this.#answers.keys()].sort()).toEqual([...this.#added].sort());
  }

  #send(): void {
    const due = this.#batcher.takeDue(this.#nowMs);
    this.#take(due.answers);
    for (const request of due.requests) {
      this.#expectUnchanged(request);
      const delayMs = this.#isGood ? 1 : Math.floor(this.#random() * 3_000);
      this.#inFlight.push({ request, dueMs: this.#nowMs + delayMs, outcome: this.#outcome() });
    }
    for (const { partition } of due.requests) {
      const open = this.#inFlight.filter(({ request }) => request.partition === partition);
      expect(open.length).toBeLessThanOrEqual(options.requestsInFlightMax);
    }
  }

  #expectUnchanged(request: Request): void {
    const { written, announces } = batchOf(request);
    expect(announces.map(({ number }) => number)).toEqual(request.numbers);
    expect(announces.length).toBeGreaterThan(0);
    expect(announces.length).toBeLessThanOrEqual(options.batchAnnouncesMax);
    const bytes = request.value.toString('hex');
    const first = this.#attempts.get(request);
    if (first === undefined) expect(written).toBe(this.#nowMs);
    else expect(bytes).toBe(first);
    this.#attempts.set(request, bytes);
  }

  #outcome(): AppendOutcome {
    const chance = this.#isGood ? 0 : this.#random();
    if (chance < 0.5) {
      const wrongMs = this.#random() < 0.1 && !this.#isGood ? 60_000 : 0;
      return { kind: 'appended', logAppendTimeMs: this.#nowMs + wrongMs };
    }
    return chance < 0.95 ? { kind: 'unanswered' } : { kind: 'rejected' };
  }

  #answer(): void {
    const nowMs = this.#nowMs;
    for (const one of this.#inFlight.filter(({ dueMs }) => dueMs <= nowMs)) {
      this.#inFlight.splice(this.#inFlight.indexOf(one), 1);
      const { request, outcome } = one;
      if (outcome.kind === 'appended') {
        for (const { number, time } of batchOf(request).announces) {
          if (mayAcknowledge(time, outcome.logAppendTimeMs, nowMs, times)) {
            this.#mayBeAcknowledged.add(number);
          }
        }
      }
      this.#take(this.#batcher.answer(request, outcome, nowMs));
      if (this.#random() < 0.2) expect(this.#batcher.answer(request, outcome, nowMs)).toEqual([]);
    }
  }

  #take(answered: readonly AnsweredAnnounce<string>[]): void {
    for (const answer of answered) {
      expect(this.#answers.has(answer.number)).toBe(false);
      expect(answer.origin).toBe(`viewer ${answer.number}`);
      if (answer.answer === 'acknowledged') {
        expect(this.#mayBeAcknowledged.has(answer.number)).toBe(true);
      }
      this.#answers.set(answer.number, answer);
    }
  }
}

function simulate(seed: number): void {
  const kafka = new WaywardKafka(seed);
  for (let number = 0; number < 150; number += 1) {
    kafka.announce(number);
    kafka.step();
  }
  kafka.finish();
}

describe('the announce batcher', () => {
  it('answers every announce exactly once, acknowledges none before Kafka did, and repeats batches unchanged', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => simulate(seed)),
      { numRuns: 40 },
    );
  });

  it('sends what waits when it is enough for a batch or has waited long enough', () => {
    const batcher: Batcher = new AnnounceBatcher(options);
    for (let number = 0; number < 5; number += 1) {
      batcher.add(0, 'v', announceAt(number, 1_000), 1_000 + number);
    }
    const [full, ...others] = batcher.takeDue(1_004).requests;
    expect(others).toEqual([]);
    expect(full?.numbers).toEqual([0, 1, 2, 3]);
    expect(batcher.nextDueMs()).toBe(1_104);
    expect(batcher.takeDue(1_103).requests).toEqual([]);
    expect(batcher.takeDue(1_104).requests).toHaveLength(1);
  });

  it('sends what waits where the clock was set back', () => {
    const batcher: Batcher = new AnnounceBatcher(options);
    const beforeMs = 12_000;
    const nowMs = 4_000;
    batcher.add(0, 'v', announceAt(0, 11_000), beforeMs);
    const [first] = batcher.takeDue(beforeMs + 100).requests;
    if (first === undefined) throw new Error('no request');
    batcher.answer(first, { kind: 'unanswered' }, beforeMs + 100);
    batcher.add(0, 'v', announceAt(1, 11_000), beforeMs + 100);
    expect(batcher.takeDue(nowMs).requests).toEqual([first]);
    expect(batcher.nextDueMs()).toBe(nowMs + 100);
    batcher.add(0, 'v', announceAt(2, 11_000), nowMs + 100);
    expect(batcher.takeDue(nowMs + 100).requests.map(({ numbers }) => numbers)).toEqual([[1, 2]]);
  });

  it('gathers again once all that was to be sent at once is answered', () => {
    const batcher: Batcher = new AnnounceBatcher(options);
    batcher.add(0, 'v', announceAt(0, 0), 0);
    batcher.flush();
    const [request] = batcher.takeDue(0).requests;
    if (request === undefined) throw new Error('no request');
    batcher.answer(request, { kind: 'appended', logAppendTimeMs: 0 }, 1);
    batcher.add(0, 'v', announceAt(1, 1), 1);
    expect(batcher.takeDue(1).requests).toEqual([]);
    expect(batcher.nextDueMs()).toBe(101);
  });

  it('tries again after growing delays', () => {
    const batcher: Batcher = new AnnounceBatcher(options);
    batcher.add(0, 'v', announceAt(0, 1_000), 1_000);
    batcher.flush();
    const delaysMs: number[] = [];
    let [request] = batcher.takeDue(1_000).requests;
    for (let attempt = 0; attempt < 5 && request !== undefined; attempt += 1) {
      batcher.answer(request, { kind: 'unanswered' }, 1_000);
      const dueMs = batcher.nextDueMs() ?? 0;
      delaysMs.push(dueMs - 1_000);
      [request] = batcher.takeDue(dueMs).requests;
    }
    expect(delaysMs).toEqual([50, 100, 200, 400, 400]);
  });

  it('gives up, as late, only when nothing of a batch can be in time any more', () => {
    const batcher: Batcher = new AnnounceBatcher(options);
    batcher.add(0, 'old', announceAt(0, 1_000), 6_000);
    batcher.add(0, 'new', announceAt(1, 6_000), 6_000);
    batcher.flush();
    const [request] = batcher.takeDue(6_000).requests;
    if (request === undefined) throw new Error('no request');
    expect(isTooLate(1_000, 20_001, times)).toBe(true);
    expect(batcher.answer(request, { kind: 'unanswered' }, 20_001)).toEqual([]);
    batcher.takeDue(20_100);
    expect(batcher.answer(request, { kind: 'unanswered' }, 25_001)).toEqual([
      { origin: 'old', number: 0, answer: 'late' },
      { origin: 'new', number: 1, answer: 'late' },
    ]);
  });

  it('leaves out what is late by the time that its turn comes, and what no reader would take', () => {
    const batcher: Batcher = new AnnounceBatcher(options);
    batcher.add(0, 'old', announceAt(0, 1_000), 6_000);
    expect(batcher.add(0, 'wrong', { ...announceAt(1, 6_000), cdnBytes: 0.5 }, 6_000)).toBe(
      'unwritable',
    );
    batcher.add(0, 'new', announceAt(2, 6_000), 6_000);
    const { requests, answers } = batcher.takeDue(20_001);
    expect(answers).toEqual([{ origin: 'old', number: 0, answer: 'late' }]);
    const [request] = requests;
    if (request === undefined) throw new Error('no request');
    expect(batchOf(request)).toMatchObject({
      tracker: 't1',
      written: 20_001,
      announces: [announceAt(2, 6_000)],
    });
    batcher.answer(request, { kind: 'appended', logAppendTimeMs: 20_001 }, 20_001);
    expect(batcher.isEmpty).toBe(true);
  });

  it('counts no announce for more than it says', () => {
    const longest = {
      ...announceOf(
        session,
        reportOf({ number: 2 ** 31 - 1, time: announceLimits.timeMax }),
        [],
        'connected',
      ),
      ...Object.fromEntries(reportedFields.map((field) => [field, reportedNumber(field).max])),
      stream: '€'.repeat(announceLimits.streamLengthMax),
      quality: '€'.repeat(announceLimits.qualityLengthMax),
    };
    const batcher: Batcher = new AnnounceBatcher(options);
    expect(batcher.add(0, 'v', longest, 0)).toBeUndefined();
    expect(batcher.queueBytes).toBeLessThanOrEqual(announceBytesMax);
    expect(batcher.queueBytes).toBeGreaterThan(announceBytesMax / 2);
  });

  it('says whether a full queue comes of load or of a Kafka that does not answer', () => {
    const batcher: Batcher = new AnnounceBatcher({
      ...options,
      partitionQueueBytesMax: announceBytesMax,
    });
    expect(batcher.add(0, 'v', announceAt(0, 0), 0)).toBeUndefined();
    expect(batcher.add(0, 'v', announceAt(1, 0), 0)).toBe('overloaded');
    expect(batcher.add(1, 'v', announceAt(2, 0), 0)).toBeUndefined();
    const [request] = batcher.takeDue(100).requests;
    if (request === undefined) throw new Error('no request');
    batcher.answer(request, { kind: 'unanswered' }, 200);
    expect(batcher.add(0, 'v', announceAt(1, 0), 0)).toBe('kafka_unavailable');
  });
});
