import { hasPassed } from '../service/has-passed.js';

export interface AttemptsOptions {
  /** How many fail within the window before the next one has to wait. */
  readonly failedMax: number;
  readonly windowMs: number;
  /** Keys that are remembered; past it those that began first are forgotten. */
  readonly keysMax: number;
  readonly now: () => number;
}

/** Counts what fails, by a key such as an address, for a while from the first failure on. */
export class Attempts {
  readonly #counts = new Map<string, { failed: number; readonly endsAtMs: number }>();

  constructor(private readonly options: AttemptsOptions) {}

  /**
   * Counts an attempt as failed until `succeeded` says otherwise, since many may be under way.
   * Returns undefined, or for how long the key has to wait, ms, and counts nothing.
   */
  begin(key: string): number | undefined {
    const { failedMax, windowMs, keysMax, now } = this.options;
    const nowMs = now();
    let count = this.#counts.get(key);
    if (count === undefined || hasPassed(windowMs, count.endsAtMs - windowMs, nowMs)) {
      this.#counts.delete(key);
      const [first] = this.#counts.keys();
      if (first !== undefined && this.#counts.size >= keysMax) this.#counts.delete(first);
      count = { failed: 0, endsAtMs: nowMs + windowMs };
      this.#counts.set(key, count);
    }
    if (count.failed >= failedMax) return count.endsAtMs - nowMs;
    count.failed += 1;
    return undefined;
  }

  /** An attempt that was begun didn't fail. */
  succeeded(key: string): void {
    const count = this.#counts.get(key);
    if (count !== undefined && count.failed > 0) count.failed -= 1;
  }
}
