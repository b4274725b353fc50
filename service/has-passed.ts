/**
 * True: so long has passed since then by the system's clock, or it was set back since. Who waits
 * for a time that this clock says would else wait for as long as it was set back.
 */
export function hasPassed(durationMs: number, sinceMs: number, nowMs: number): boolean {
  return nowMs < sinceMs || nowMs - sinceMs >= durationMs;
}
