/** The cluster's times that decide what is counted. All in milliseconds. */
export interface MinuteTimes {
  /** A minute's length. */
  readonly intervalMs: number;
  /** How long after a minute's end an announce is still in time for it. */
  readonly lateMs: number;
  /** How far apart clocks may be. */
  readonly graceMs: number;
}

/** The minute of a time: floor(time / interval). */
export function minuteOf(timeMs: number, intervalMs: number): number {
  return Math.floor(timeMs / intervalMs);
}

export function minuteEndMs(minute: number, intervalMs: number): number {
  return (minute + 1) * intervalMs;
}

/**
 * Whether a record with this LogAppendTime is in time for the minute: docs/exactness.md#in-time.
 */
export function isInTime(minute: number, logAppendTimeMs: number, times: MinuteTimes): boolean {
  return (
    logAppendTimeMs <= minuteEndMs(minute, times.intervalMs) + times.lateMs &&
    logAppendTimeMs >= minute * times.intervalMs - times.graceMs
  );
}
