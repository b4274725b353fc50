import { closeDelayMs } from './log-clock.js';
import { hasPassed } from '../../service/has-passed.js';

/** How long after a mark that didn't close the minute the next one is due. */
const repeatMs = 1_000;

/**
 * When a partition's owner appends a mark (docs/exactness.md#time-passes-in-the-log): 1 s after a
 * minute's end, again each second until the minute is closed, one outstanding at a time. A mark is
 * outstanding until its append failed or it was read.
 */
export class MarkSchedule {
  #appending = false;
  #appendedOffset = -1;
  #lastAtMs = -Infinity;

  constructor(private readonly intervalMs: number) {}

  /** True: a minute that ended isn't closed by what was read. */
  isWaiting(nowMs: number, closedBefore: number): boolean {
    return Math.floor((nowMs - closeDelayMs) / this.intervalMs) > closedBefore;
  }

  /** `closedBefore` and `nextOffset` as of what was read. */
  isDue(nowMs: number, closedBefore: number, nextOffset: number): boolean {
    const isOutstanding = this.#appending || this.#appendedOffset >= nextOffset;
    if (isOutstanding || !hasPassed(repeatMs, this.#lastAtMs, nowMs)) return false;
    return this.isWaiting(nowMs, closedBefore);
  }

  appending(nowMs: number): void {
    this.#appending = true;
    this.#lastAtMs = nowMs;
  }

  appended(offset: number): void {
    this.#appending = false;
    this.#appendedOffset = offset;
  }

  failed(): void {
    this.#appending = false;
  }
}
