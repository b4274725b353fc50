import { seededRandom, type Random } from '../../service/random.js';
import { errorsIn, type Report } from './report.js';

/** What one session can have done, and how much of it may come at once. */
export interface SessionRates {
  /** A session may tell at once what it can have done in this time, and then as time passes. */
  readonly windowMs: number;
  /** Of the time that passes: how much of it may be played or stalled. */
  readonly playedPercentMax: number;
  /** Fetched from the CDN and from peers together, and as much sent to peers. */
  readonly mbpsMax: number;
  readonly stallsPerSecondMax: number;
  readonly droppedFramesPerSecondMax: number;
  readonly errorsPerSecondMax: number;
  readonly switchesPerSecondMax: number;
  readonly connectionsPerSecondMax: number;
  readonly announceIntervalMs: number;
  /** Announces that it makes in an interval. */
  readonly announcesMax: number;
  /** Times that an announce is sent again, on average of all. */
  readonly copiesMax: number;
  /** How old an announce may be: for so long may it be sent again. */
  readonly oldestMs: number;
}

/**
 * What a report costs of its session's budget: for each kind, the time that it takes to have done
 * that much.
 */
type CostsMs = readonly number[];

const kinds = 10;

/**
 * What each kind weighs in the one number that an announce is known by when it is sent again. Where
 * sessions may lie they have to be random, so that nobody can make another announce with the same.
 */
export type Weights = readonly number[];

export function randomWeights(random: Random): Weights {
  return Array.from({ length: kinds }, () => 1 + random());
}

/** What taking a report costs; to be paid when it was taken. */
export interface Price {
  readonly number: number;
  readonly time: number;
  readonly costsMs: CostsMs;
  /** True: it was paid before, and is sent again unchanged. */
  readonly isCopy: boolean;
}

/** Which announce told something: one that has its number and another time is another one. */
type Told = Pick<Report, 'number' | 'time'>;

function isOf({ number, time }: Report, told: Told | undefined): boolean {
  return number === told?.number && time === told.time;
}

const defaultWeights = randomWeights(seededRandom(1));

/** Where the state has what isn't of a kind. */
const copiesAt = kinds;
const clockAt = kinds + 1;
/** Of each announce that was paid: its number, its time, and what its costs weigh. */
const paidLength = 3;

/**
 * Holds one session to what it can have done: a leaky bucket for each kind, filled by what the
 * session reports and emptied by the time that passes. A report that doesn't fit costs nothing.
 * What was taken and is sent again unchanged is paid once, so an honest session always fits: in any
 * time T it tells of what it did in T and in the window before. The clock is passed in. There is
 * one for each viewer, so its numbers stand in two arrays of numbers alone.
 */
export class SessionBudget {
  /** What is used up of each kind, and by copies; and the time at which that was so. */
  readonly #state: number[];
  /** Oldest first. */
  readonly #paid: number[] = [];
  #highestPaid = -1;
  #start: Told | undefined;
  #failure: Told | undefined;

  /** `usedMs`: what is used up of it from the beginning, of each kind. */
  constructor(
    private readonly rates: SessionRates,
    nowMs: number,
    usedMs: readonly number[] = [],
    private readonly weights: Weights = defaultWeights,
  ) {
    this.#state = Array.from({ length: kinds + 2 }, (_, kind) => usedMs[kind] ?? 0);
    this.#state[copiesAt] = 0;
    this.#state[clockAt] = nowMs;
  }

  /** What is used up, of each kind. */
  usedMs(nowMs: number): readonly number[] {
    this.#passTime(nowMs);
    return this.#state.slice(0, kinds);
  }

  /** What the report costs, or why it isn't taken. */
  priceOf(report: Report, nowMs: number): Price | 'implausible' | 'too_many_announces' {
    this.#passTime(nowMs);
    const { windowMs } = this.rates;
    const { number, time } = report;
    const costsMs = costsOf(report, this.rates);
    const at = this.#paidAt(number);
    if (at >= 0 && this.#paid[at + 1] === time && this.#paid[at + 2] === this.#weigh(costsMs)) {
      const fits = (this.#state[copiesAt] ?? 0) + copyMs(this.rates) <= windowMs;
      return fits ? { number, time, costsMs, isCopy: true } : 'too_many_announces';
    }
    for (let kind = 0; kind < kinds; kind += 1) {
      if ((this.#state[kind] ?? 0) + (costsMs[kind] ?? 0) > windowMs) return 'implausible';
    }
    return { number, time, costsMs, isCopy: false };
  }

  pay({ number, time, costsMs, isCopy }: Price): void {
    const state = this.#state;
    if (isCopy) {
      state[copiesAt] = (state[copiesAt] ?? 0) + copyMs(this.rates);
      return;
    }
    for (let kind = 0; kind < kinds; kind += 1) {
      state[kind] = (state[kind] ?? 0) + (costsMs[kind] ?? 0);
    }
    const before = this.#paidAt(number);
    if (before >= 0) this.#paid.splice(before, paidLength);
    this.#paid.push(number, time, this.#weigh(costsMs));
    this.#highestPaid = Math.max(this.#highestPaid, number);
  }

  /** The report, without the start-up delay and the failure that another one told: each is one. */
  withOneOfEach(report: Report): Report {
    const { startupMs, failure, number, time } = report;
    if (startupMs === null && failure === 'none') return report;
    if (startupMs !== null) this.#start ??= { number, time };
    if (failure !== 'none') this.#failure ??= { number, time };
    const isStart = startupMs === null || isOf(report, this.#start);
    const isFailure = failure === 'none' || isOf(report, this.#failure);
    if (isStart && isFailure) return report;
    return {
      ...report,
      startupMs: isStart ? startupMs : null,
      failure: isFailure ? failure : 'none',
    };
  }

  /** How many announces it remembers. */
  get paidCount(): number {
    return this.#paid.length / paidLength;
  }

  /** Where it stands, or −1. Most are above all that came before. */
  #paidAt(number: number): number {
    if (number > this.#highestPaid) return -1;
    for (let at = this.#paid.length - paidLength; at >= 0; at -= paidLength) {
      if (this.#paid[at] === number) return at;
    }
    return -1;
  }

  #weigh(costsMs: CostsMs): number {
    let sum = 0;
    for (let kind = 0; kind < kinds; kind += 1) {
      sum += (costsMs[kind] ?? 0) * (this.weights[kind] ?? 1);
    }
    return sum;
  }

  #passTime(nowMs: number): void {
    const state = this.#state;
    // A clock that was set back gives nothing, and takes nothing away.
    const passedMs = Math.max(0, nowMs - (state[clockAt] ?? 0));
    state[clockAt] = nowMs;
    if (passedMs === 0) return;
    for (let kind = 0; kind <= copiesAt; kind += 1) {
      state[kind] = Math.max(0, (state[kind] ?? 0) - passedMs);
    }
    // What is older is refused as too old, so nobody asks for it any more.
    const oldestMs = nowMs - this.rates.oldestMs;
    let over = 0;
    while ((this.#paid[over + 1] ?? Infinity) < oldestMs) over += paidLength;
    if (over > 0) this.#paid.splice(0, over);
  }
}

function costsOf(report: Report, rates: SessionRates): CostsMs {
  const bytesPerMs = rates.mbpsMax * 125;
  return [
    ((report.watchedMs + report.stalledMs) * 100) / rates.playedPercentMax,
    (report.cdnBytes + report.peerBytes + report.seederBytes) / bytesPerMs,
    report.uploadedBytes / bytesPerMs,
    (report.stalls * 1_000) / rates.stallsPerSecondMax,
    (report.droppedFrames * 1_000) / rates.droppedFramesPerSecondMax,
    (errorsIn(report) * 1_000) / rates.errorsPerSecondMax,
    report.startingMs + report.seekingMs + report.pausedMs + report.waitingMs,
    (report.qualitySwitches * 1_000) / rates.switchesPerSecondMax,
    (Math.max(report.connectionsTried, report.connectionsMade) * 1_000) /
      rates.connectionsPerSecondMax,
    rates.announceIntervalMs / rates.announcesMax,
  ];
}

function copyMs({ announceIntervalMs, announcesMax, copiesMax }: SessionRates): number {
  return announceIntervalMs / (announcesMax * copiesMax);
}
