import { trackerLimits } from '../limits.js';

/** Of the time between two announces: how long an acknowledgement waits for the next one. */
const paceShare = 1.5;
/** Announces of a viewer whose acknowledgements don't wait, after one that waited in vain. */
const announcesInHaste = 8;

/**
 * Acknowledgements of one viewer that go with the answer to its next announce, in one write: nobody
 * waits for them, and a write costs as much as all else that is done for an announce. They wait
 * where the viewer's pace says that its next announce comes soon, and not for long where it
 * doesn't. The clock is passed in.
 */
export class AcknowledgementRide {
  #waiting: number[] | undefined;
  #announcedAtMs = -Infinity;
  #paceMs = Infinity;
  #inHaste = 0;

  /**
   * The viewer announces: returns what goes with the answer. `wantsAnswers`: it won't announce
   * again, or asks.
   */
  announced(nowMs: number, wantsAnswers: boolean): readonly number[] {
    this.#paceMs = wantsAnswers ? Infinity : nowMs - this.#announcedAtMs;
    this.#announcedAtMs = nowMs;
    if (this.#inHaste > 0) this.#inHaste -= 1;
    return this.take();
  }

  /** False: they are to be told at once. True: they wait until `dueMs` at the latest. */
  board(numbers: readonly number[], nowMs: number): boolean {
    if (this.#inHaste > 0 || nowMs >= this.dueMs) return false;
    if (this.#waiting === undefined) this.#waiting = [...numbers];
    else this.#waiting.push(...numbers);
    return true;
  }

  /** When the next announce will be late, by the viewer's pace; −Infinity: it has none. */
  get dueMs(): number {
    const waitMs = this.#paceMs * paceShare;
    return waitMs <= trackerLimits.acknowledgementWaitMsMax
      ? this.#announcedAtMs + waitMs
      : -Infinity;
  }

  /** Those that wait, which then don't any more. */
  take(): readonly number[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    return waiting;
  }

  /** The same of those that have waited for too long. */
  takeOverdue(): readonly number[] {
    this.#inHaste = announcesInHaste;
    return this.take();
  }

  /** None waits from here on. */
  end(): void {
    this.#inHaste = Infinity;
  }
}
