import { counterNames, counterOf, type Counters } from './counter-table.js';
import { emptyHistogram } from './histograms.js';
import type { Browser } from './announce-words.js';
import type { PlainCell } from './records.js';
import { saturated } from './saturation.js';

/** Counters of nothing. */
export function emptyCounters(): Counters {
  return Object.fromEntries(
    counterNames.map((name) => {
      const { boundsMs } = counterOf(name);
      return [name, boundsMs === undefined ? 0 : emptyHistogram(boundsMs)];
    }),
  ) as Counters;
}

export function emptyCell(quality: string, browser: Browser): PlainCell {
  return { quality, browser, ...emptyCounters() };
}

/** Adds to one bucket of a histogram. */
export function addToBucket(histogram: number[], bucket: number, count: number): void {
  histogram[bucket] = saturated((histogram[bucket] ?? 0) + count);
}
