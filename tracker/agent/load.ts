import { performance } from 'node:perf_hooks';

/** Over at least how long it is measured how busy this process is. */
const windowMs = 1_000;

/** How much of what this tracker can do is in use, from 0 to 1: sockets, or its processor. */
export class Load {
  #since = performance.eventLoopUtilization();
  #sinceMs: number;
  #busyShare = 0;

  constructor(
    private readonly socketCount: () => number,
    private readonly socketsMax: number,
    private readonly now: () => number,
  ) {
    this.#sinceMs = now();
  }

  value(): number {
    const nowMs = this.now();
    if (nowMs - this.#sinceMs >= windowMs) {
      const until = performance.eventLoopUtilization();
      this.#busyShare = performance.eventLoopUtilization(until, this.#since).utilization;
      this.#since = until;
      this.#sinceMs = nowMs;
    }
    return Math.min(1, Math.max(this.socketCount() / this.socketsMax, this.#busyShare));
  }
}
