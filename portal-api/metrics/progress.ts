import { portalLimits } from '../limits.js';
import type { SeriesPoints } from '../../graphite/index.js';

/**
 * How far the figures go, judged by the viewers over all streams. `idle`: they fell to zero, so
 * nothing has been written since; `stale`: there were viewers, and for some minutes nothing came.
 */
export interface Progress {
  readonly state: 'current' | 'idle' | 'stale' | 'no_data';
  /** The start of the last minute that has a point; null: none has. */
  readonly lastMinuteAtMs: number | null;
  /** Before it an absent point means 0; from it on nothing is known. */
  readonly knownUntilMs: number;
}

/**
 * Where the rollup has got to. `totalViewers`: points of the range [fromMs, untilMs); a range that
 * ends long before `nowMs` is history and never stale.
 */
export function progressOf(
  totalViewers: SeriesPoints,
  range: { readonly fromMs: number; readonly untilMs: number },
  intervalMs: number,
  nowMs: number,
): Progress {
  const lastMinuteAtMs = lastTime(totalViewers);
  if (lastMinuteAtMs === undefined) {
    return { state: 'no_data', lastMinuteAtMs: null, knownUntilMs: range.fromMs };
  }
  const lastEndMs = lastMinuteAtMs + intervalMs;
  if (totalViewers.get(lastMinuteAtMs) === 0) {
    const nowMinuteMs = Math.floor(nowMs / intervalMs) * intervalMs;
    const knownUntilMs = Math.max(lastEndMs, Math.min(range.untilMs, nowMinuteMs));
    return { state: 'idle', lastMinuteAtMs, knownUntilMs };
  }
  const staleAfterMs = portalLimits.staleAfterMinutes * intervalMs;
  const isStale = Math.min(nowMs, range.untilMs) - lastEndMs > staleAfterMs;
  return { state: isStale ? 'stale' : 'current', lastMinuteAtMs, knownUntilMs: lastEndMs };
}

/** The time of the latest point. */
export function lastTime(points: SeriesPoints): number | undefined {
  let last: number | undefined;
  for (const timeMs of points.keys()) {
    if (last === undefined || timeMs > last) last = timeMs;
  }
  return last;
}
