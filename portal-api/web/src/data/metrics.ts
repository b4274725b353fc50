import { fetchMetrics, fetchPeak, type Span } from '../api/figures.js';
import type { MetricsAnswer, PeakAnswer, SeriesSet } from '../api/shapes.js';
import type { Subject } from '../place.js';
import { portalClock } from '../time/portal-clock.js';
import { spanOf, type Range } from '../time/range.js';
import { usePolled, type Polled } from './polled.js';

/** Some series of a subject over a range, asked for as `usePolled` says. */
export function useMetrics<Set extends SeriesSet>(
  subject: Subject,
  range: Range,
  set: Set,
  everyMs: number | undefined,
  news: number,
): Polled<MetricsAnswer<Set>> {
  return usePolled(
    `${set} ${JSON.stringify([subject, range])}`,
    (signal) => fetchMetrics(subject, spanOf(range, portalClock.nowMs()), set, signal),
    everyMs,
    news,
  );
}

/**
 * The minute in which most watched, where steps are longer and hide it; undefined where they don't,
 * and till it is known. `spanKey` names the span, which moves with the time.
 */
export function usePeak(
  subject: Subject,
  range: MetricsAnswer<'state'> | undefined,
  span: () => Span,
  spanKey: string,
  everyMs: number | undefined,
): PeakAnswer | undefined {
  const isHidden = range !== undefined && range.stepMs > range.intervalMs;
  return usePolled(
    isHidden ? `peak ${JSON.stringify([subject, spanKey])}` : undefined,
    (signal) => fetchPeak(subject, span(), signal),
    everyMs,
  ).value;
}
