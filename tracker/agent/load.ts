import { performance } from 'node:perf_hooks';
import { hasPassed } from '../../service/has-passed.js';

/** Over at least how long it is measured how busy this process is. */
const windowMs = 1_000;

export interface LoadOptions {
  readonly socketCount: () => number;
  readonly socketsMax: number;
  /** For how long the thread was held up on purpose so far, in milliseconds: that is no work. */
  readonly heldMs: () => number;
  readonly now: () => number;
}

/** How much of what this tracker can do is in use, from 0 to 1: sockets, or its processor. */
export class Load {
  #since = performance.eventLoopUtilization();
  #sinceMs: number;
  #sinceHeldMs: number;
  #busyShare = 0;

  constructor(private readonly options: LoadOptions) {
    this.#sinceMs = options.now();
    this.#sinceHeldMs = options.heldMs();
  }

  value(): number {
    const { socketCount, socketsMax, heldMs, now } = this.options;
    const nowMs = now();
    if (hasPassed(windowMs, this.#sinceMs, nowMs)) {
      const until = performance.eventLoopUtilization();
      const untilHeldMs = heldMs();
      const { active, idle } = performance.eventLoopUtilization(until, this.#since);
      const workedMs = Math.max(0, active - (untilHeldMs - this.#sinceHeldMs));
      this.#busyShare = workedMs / Math.max(1, active + idle);
      this.#since = until;
      this.#sinceMs = nowMs;
      this.#sinceHeldMs = untilHeldMs;
    }
    return Math.min(1, Math.max(socketCount() / socketsMax, this.#busyShare));
  }
}
