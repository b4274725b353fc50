/** Lets `perSecond` through on average and `burst` at once. The clock is passed in. */
export class TokenBucket {
  #tokens: number;
  #atMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    nowMs: number,
  ) {
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** Whether so many are left; takes none. */
  has(nowMs: number, count = 1): boolean {
    // A clock that was set back gives nothing, and takes nothing away.
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.burst, this.#tokens + (passedMs / 1_000) * this.perSecond);
    this.#atMs = nowMs;
    return this.#tokens >= count;
  }

  /** Takes so many, or none where fewer are left. */
  take(nowMs: number, count = 1): boolean {
    if (!this.has(nowMs, count)) return false;
    this.#tokens -= count;
    return true;
  }
}
