import type { VirtualClock } from './virtual-clock.js';

/**
 * One incarnation of a process: its clock, and whether it lives or is paused. All that runs in it
 * goes through `after`, so a dead one does nothing more and a paused one does it when it wakes, in
 * order.
 */
export class SimulatedProcess {
  #isAlive = true;
  #pausedUntilMs = -Infinity;

  constructor(
    readonly clock: VirtualClock,
    readonly name: string,
    /** How far its clock is from the true time. */
    readonly clockOffsetMs: number,
    /** Called wherever the code in it awaits something: a place to die. */
    private readonly onAwait: (process: SimulatedProcess) => void = () => undefined,
  ) {}

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isPaused(): boolean {
    return this.clock.nowMs < this.#pausedUntilMs;
  }

  readonly now = (): number => this.clock.nowMs + this.clockOffsetMs;

  readonly sleep = (durationMs: number): Promise<void> => {
    this.awaits();
    return new Promise((resolve) => this.after(durationMs, resolve));
  };

  /**
   * False when it is paused, or has only just woken: two pauses in one would be longer than one may
   * last.
   */
  pause(durationMs: number): boolean {
    if (this.clock.nowMs <= this.#pausedUntilMs) return false;
    this.#pausedUntilMs = this.clock.nowMs + durationMs;
    return true;
  }

  kill(): void {
    this.#isAlive = false;
  }

  awaits(): void {
    if (this.#isAlive) this.onAwait(this);
  }

  after(delayMs: number, run: () => void): void {
    this.clock.after(delayMs, () => this.#runAwake(run));
  }

  #runAwake(run: () => void): void {
    if (!this.#isAlive) return;
    if (this.isPaused) this.clock.at(this.#pausedUntilMs, () => this.#runAwake(run));
    else run();
  }
}
