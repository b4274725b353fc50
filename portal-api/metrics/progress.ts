import { portalLimits } from '../limits.js';
import type { SeriesPoints } from '../../graphite/index.js';

/**
 * How far the figures go, judged by the viewers over all streams: these are told for each minute, 0
 * too (docs/exactness.md#zero-is-told). `current`: somebody watched in the last one; `idle`: nobody
 * did; `stale`: for some minutes nothing has been told, so nothing is known of them.
 */
export interface Progress {
  readonly state: 'current' | 'idle' | 'stale' | 'no_data';
  /** The start of the last minute that was told; null: none was. */
  readonly lastMinuteAtMs: number | null;
}

/**
 * Where the rollup has got to. `told`: viewers over all streams by minute; a range that ends,
 * `untilMs`, long before `nowMs` is history and stale only where it has no end.
 */
export function progressOf(
  told: SeriesPoints,
  untilMs: number,
  intervalMs: number,
  nowMs: number,
): Progress {
  const lastMinuteAtMs = lastTime(told);
  if (lastMinuteAtMs === undefined) return { state: 'no_data', lastMinuteAtMs: null };
  const staleAfterMs = portalLimits.staleAfterMinutes * intervalMs;
  if (Math.min(nowMs, untilMs) - (lastMinuteAtMs + intervalMs) > staleAfterMs) {
    return { state: 'stale', lastMinuteAtMs };
  }
  return { state: told.get(lastMinuteAtMs) === 0 ? 'idle' : 'current', lastMinuteAtMs };
}

/** The time of the latest point. */
export function lastTime(points: SeriesPoints): number | undefined {
  let last: number | undefined;
  for (const timeMs of points.keys()) {
    if (last === undefined || timeMs > last) last = timeMs;
  }
  return last;
}
