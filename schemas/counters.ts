import { emptyHistogram, stallBoundsMs, startupBoundsMs } from './histograms.js';
import type { Browser, Cell, Counters } from './records.js';

/** The counters that are plain numbers; with the two histograms they are all of a cell. */
export const plainCounters = [
  'viewers',
  'announces',
  'watchedMs',
  'stalledMs',
  'stalls',
  'cdnBytes',
  'peerBytes',
  'uploadedBytes',
  'droppedFrames',
  'errors',
] as const;

export function emptyCounters(): Counters {
  return {
    viewers: 0,
    announces: 0,
    watchedMs: 0,
    stalledMs: 0,
    stalls: 0,
    cdnBytes: 0,
    peerBytes: 0,
    uploadedBytes: 0,
    droppedFrames: 0,
    errors: 0,
    startupHistogram: emptyHistogram(startupBoundsMs),
    stallHistogram: emptyHistogram(stallBoundsMs),
  };
}

export function emptyCell(quality: string, browser: Browser): Cell {
  return { quality, browser, ...emptyCounters() };
}

/** Adds counters up, bucket by bucket where they are histograms. */
export function addCounters(sum: Counters, counters: Counters): void {
  for (const counter of plainCounters) sum[counter] += counters[counter];
  addHistogram(sum.startupHistogram, counters.startupHistogram);
  addHistogram(sum.stallHistogram, counters.stallHistogram);
}

function addHistogram(sum: number[], histogram: readonly number[]): void {
  for (const [bucket, count] of histogram.entries()) addToBucket(sum, bucket, count);
}

/** Adds to one bucket of a histogram. */
export function addToBucket(histogram: number[], bucket: number, count: number): void {
  histogram[bucket] = (histogram[bucket] ?? 0) + count;
}
