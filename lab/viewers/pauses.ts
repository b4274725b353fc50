/**
 * Waits that all end when told to. Each costs the same however many there are: an abort signal
 * looks through its listeners for each new one, which thousands of viewers would wait for.
 */
export class Pauses {
  readonly #ending = new Set<() => void>();
  #isOver = false;

  /** Resolves true after `durationMs`, false as soon as all are ended. */
  pause(durationMs: number): Promise<boolean> {
    if (this.#isOver) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (hasPassed: boolean): void => {
        clearTimeout(timer);
        this.#ending.delete(end);
        resolve(hasPassed);
      };
      const end = (): void => settle(false);
      const timer = setTimeout(settle, durationMs, true);
      this.#ending.add(end);
    });
  }

  endAll(): void {
    this.#isOver = true;
    for (const end of this.#ending) end();
  }
}
