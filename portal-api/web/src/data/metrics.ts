import { fetchMetrics } from '../api/figures.js';
import type { MetricsAnswer, SeriesSet } from '../api/shapes.js';
import type { Subject } from '../place.js';
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
    (signal) => fetchMetrics(subject, spanOf(range, Date.now()), set, signal),
    everyMs,
    news,
  );
}
