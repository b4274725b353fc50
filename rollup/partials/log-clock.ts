import type { MinuteTimes } from '../../schemas/index.js';

/** How long after a minute's end a record must have been written to close it. */
export const closeDelayMs = 1_000;

/**
 * Time as it passes in one partition's log (docs/exactness.md#time-passes-in-the-log). A record
 * lets time pass up to the earlier of its writer's clock and its LogAppendTime; neither is
 * monotone, the clock is.
 */
export class LogClock {
  #timeMs = -Infinity;

  constructor(private readonly times: MinuteTimes) {}

  /** The latest time that both clocks of some record had reached. */
  get timeMs(): number {
    return this.#timeMs;
  }

  advance(writtenMs: number, logAppendTimeMs: number): void {
    this.#timeMs = Math.max(this.#timeMs, Math.min(writtenMs, logAppendTimeMs));
  }

  /** Every minute below this one is closed: it's time to write it. */
  closedBefore(): number {
    return this.#minutesEndedBefore(this.#timeMs - closeDelayMs);
  }

  /** Every minute below this one is final: nothing in time for it follows. */
  finalBefore(): number {
    return this.#minutesEndedBefore(this.#timeMs - this.times.lateMs - this.times.graceMs);
  }

  #minutesEndedBefore(timeMs: number): number {
    return Math.max(0, Math.floor(timeMs / this.times.intervalMs));
  }
}
