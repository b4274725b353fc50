import { isInTime, minuteEndMs, minuteOf, type MinuteTimes } from '../../schemas/index.js';

/**
 * The times that a tracker accepts, relative to its own clock:
 * docs/exactness.md#one-announce-one-minute.
 */
export function acceptedTimes(times: MinuteTimes): { oldestMs: number; aheadMs: number } {
  return { oldestMs: Math.max(0, times.lateMs - times.graceMs), aheadMs: times.graceMs / 2 };
}

/** Why an announce with this time isn't taken now, or undefined when it is. */
export function timeRefusal(
  timeMs: number,
  nowMs: number,
  times: MinuteTimes,
): 'too_old' | 'ahead' | undefined {
  const { oldestMs, aheadMs } = acceptedTimes(times);
  if (timeMs < nowMs - oldestMs) return 'too_old';
  if (timeMs > nowMs + aheadMs) return 'ahead';
  return undefined;
}

/**
 * Whether what Kafka has taken is acknowledged: in time by both clocks
 * (docs/exactness.md#acknowledged-by-kafka).
 */
export function mayAcknowledge(
  timeMs: number,
  logAppendTimeMs: number,
  nowMs: number,
  times: MinuteTimes,
): boolean {
  const minute = minuteOf(timeMs, times.intervalMs);
  return isInTime(minute, logAppendTimeMs, times) && isInTime(minute, nowMs, times);
}

/** Whether nothing that is appended from now on can be in time any more, by our clock. */
export function isTooLate(timeMs: number, nowMs: number, times: MinuteTimes): boolean {
  return nowMs > minuteEndMs(minuteOf(timeMs, times.intervalMs), times.intervalMs) + times.lateMs;
}
