/**
 * Lets a number of tasks run at once; some more wait for their turn, in order; the rest is refused.
 */
export class Turns {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly runningMax: number,
    private readonly waitingMax: number,
  ) {}

  /**
   * Resolves when it's the caller's turn, with what ends it; undefined when too many wait already.
   */
  async begin(): Promise<(() => void) | undefined> {
    if (this.#running < this.runningMax) this.#running += 1;
    else if (this.#waiting.length >= this.waitingMax) return undefined;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return () => this.#end();
  }

  #end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
