import { emptyHistogram, stallBoundsMs, startupBoundsMs } from './histograms.js';
import type { Browser, Cell, Counters } from './records.js';

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

/** Adds counters up, bucket by bucket where they are histograms. Field by field: this runs for every cell. */
export function addCounters(sum: Counters, counters: Counters): void {
  sum.viewers += counters.viewers;
  sum.announces += counters.announces;
  sum.watchedMs += counters.watchedMs;
  sum.stalledMs += counters.stalledMs;
  sum.stalls += counters.stalls;
  sum.cdnBytes += counters.cdnBytes;
  sum.peerBytes += counters.peerBytes;
  sum.uploadedBytes += counters.uploadedBytes;
  sum.droppedFrames += counters.droppedFrames;
  sum.errors += counters.errors;
  addHistogram(sum.startupHistogram, counters.startupHistogram);
  addHistogram(sum.stallHistogram, counters.stallHistogram);
}

function addHistogram(sum: number[], histogram: readonly number[]): void {
  for (let bucket = 0; bucket < histogram.length; bucket += 1) {
    const count = histogram[bucket] ?? 0;
    if (count > 0) addToBucket(sum, bucket, count);
  }
}

/** Adds to one bucket of a histogram. */
export function addToBucket(histogram: number[], bucket: number, count: number): void {
  histogram[bucket] = (histogram[bucket] ?? 0) + count;
}
