/** How many numbers from the first one on have a bit; a session's announces of one minute fit. */
const maskBits = 31;

/**
 * The numbers of one session's announces in one minute, each taken once (§3 rule 4): a first number, a
 * bit mask of those that follow closely, and a set for what doesn't fit.
 */
export class SessionNumbers {
  readonly #first: number;
  #mask = 1;
  #others: Set<number> | undefined;

  constructor(first: number) {
    this.#first = first;
  }

  /** True when the number is taken now, false when it had been taken before. */
  take(number: number): boolean {
    const distance = number - this.#first;
    if (distance >= 0 && distance < maskBits) {
      const bit = 1 << distance;
      if ((this.#mask & bit) !== 0) return false;
      this.#mask |= bit;
      return true;
    }
    this.#others ??= new Set();
    if (this.#others.has(number)) return false;
    this.#others.add(number);
    return true;
  }
}
