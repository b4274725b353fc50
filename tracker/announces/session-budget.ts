import type { Report } from './report.js';

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

const kinds = 7;

/** What taking a report costs; to be paid when it was taken. */
export interface Price {
  readonly number: number;
  readonly time: number;
  readonly costsMs: CostsMs;
  /** True: it was paid before, and is sent again unchanged. */
  readonly isCopy: boolean;
}

type Paid = Pick<Price, 'time' | 'costsMs'>;

/**
 * Holds one session to what it can have done: a leaky bucket for each kind, filled by what the
 * session reports and emptied by the time that passes. A report that doesn't fit costs nothing.
 * What was taken and is sent again unchanged is paid once, so an honest session always fits: in any
 * time T it tells of what it did in T and in the window before. The clock is passed in.
 */
export class SessionBudget {
  readonly #usedMs: number[];
  #copiesUsedMs = 0;
  #atMs: number;
  /** By number, oldest first. */
  readonly #paid = new Map<number, Paid>();
  #startNumber = -1;

  /** `usedMs`: what is used up of it from the beginning, of each kind. */
  constructor(
    private readonly rates: SessionRates,
    nowMs: number,
    usedMs: readonly number[] = [],
  ) {
    this.#atMs = nowMs;
    this.#usedMs = Array.from({ length: kinds }, (_, kind) => usedMs[kind] ?? 0);
  }

  /** What is used up, of each kind. */
  usedMs(nowMs: number): readonly number[] {
    this.#passTime(nowMs);
    return this.#usedMs;
  }

  /** What the report costs, or why it isn't taken. */
  priceOf(report: Report, nowMs: number): Price | 'implausible' | 'too_many_announces' {
    this.#passTime(nowMs);
    const { windowMs } = this.rates;
    const { number, time } = report;
    const costsMs = costsOf(report, this.rates);
    const paid = this.#paid.get(number);
    if (paid !== undefined && isSame(paid, time, costsMs)) {
      const fits = this.#copiesUsedMs + copyMs(this.rates) <= windowMs;
      return fits ? { number, time, costsMs, isCopy: true } : 'too_many_announces';
    }
    for (let kind = 0; kind < kinds; kind += 1) {
      if ((this.#usedMs[kind] ?? 0) + (costsMs[kind] ?? 0) > windowMs) return 'implausible';
    }
    return { number, time, costsMs, isCopy: false };
  }

  pay({ number, time, costsMs, isCopy }: Price): void {
    if (isCopy) {
      this.#copiesUsedMs += copyMs(this.rates);
      return;
    }
    for (let kind = 0; kind < kinds; kind += 1) {
      this.#usedMs[kind] = (this.#usedMs[kind] ?? 0) + (costsMs[kind] ?? 0);
    }
    this.#paid.delete(number);
    this.#paid.set(number, { time, costsMs });
  }

  /** The report, without its start-up delay if another one has told of it: a session has one. */
  withOneStart(report: Report): Report {
    if (report.startupMs === null) return report;
    if (this.#startNumber === -1) this.#startNumber = report.number;
    return report.number === this.#startNumber ? report : { ...report, startupMs: null };
  }

  /** How many announces it remembers. */
  get paidCount(): number {
    return this.#paid.size;
  }

  #passTime(nowMs: number): void {
    // A clock that was set back gives nothing, and takes nothing away.
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    if (passedMs === 0) return;
    for (let kind = 0; kind < kinds; kind += 1) {
      this.#usedMs[kind] = Math.max(0, (this.#usedMs[kind] ?? 0) - passedMs);
    }
    this.#copiesUsedMs = Math.max(0, this.#copiesUsedMs - passedMs);
    // What is older is refused as too old, so nobody asks for it any more.
    for (const [number, { time }] of this.#paid) {
      if (time >= nowMs - this.rates.oldestMs) break;
      this.#paid.delete(number);
    }
  }
}

function costsOf(report: Report, rates: SessionRates): CostsMs {
  const bytesPerMs = rates.mbpsMax * 125;
  return [
    ((report.watchedMs + report.stalledMs) * 100) / rates.playedPercentMax,
    (report.cdnBytes + report.peerBytes) / bytesPerMs,
    report.uploadedBytes / bytesPerMs,
    (report.stalls * 1_000) / rates.stallsPerSecondMax,
    (report.droppedFrames * 1_000) / rates.droppedFramesPerSecondMax,
    (report.errors * 1_000) / rates.errorsPerSecondMax,
    rates.announceIntervalMs / rates.announcesMax,
  ];
}

function copyMs({ announceIntervalMs, announcesMax, copiesMax }: SessionRates): number {
  return announceIntervalMs / (announcesMax * copiesMax);
}

function isSame(paid: Paid, time: number, costsMs: CostsMs): boolean {
  return paid.time === time && costsMs.every((costMs, kind) => costMs === paid.costsMs[kind]);
}
