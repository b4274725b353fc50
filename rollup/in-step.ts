/** What going in step needs to know of an owned partition. */
export interface InStep {
  /** How far time has passed in its log, −Infinity before the first record. */
  readonly logTimeMs: number;
  /** Records that stood in the log when it was assigned and aren't read yet. */
  readonly lagRecords: number;
  setPaused(isPaused: boolean): void;
}

/**
 * Lets an owner read a backlog of its partitions in step by log time (docs/exactness.md#in-step):
 * those that are more than `aheadMsMax` ahead of the slowest one that still lags are paused.
 * Otherwise stage 2 would have to retain all minutes that the fastest has and the slowest hasn't.
 */
export function keepInStep(partitions: readonly InStep[], aheadMsMax: number): void {
  let slowestMs = Infinity;
  for (const partition of partitions) {
    if (partition.lagRecords > 0) slowestMs = Math.min(slowestMs, partition.logTimeMs);
  }
  for (const partition of partitions) {
    const isAhead = partition.lagRecords > 0 && partition.logTimeMs - slowestMs > aheadMsMax;
    partition.setPaused(isAhead);
  }
}
