import {
  bucketOf,
  emptyHistogram,
  stallBoundsMs,
  startupBoundsMs,
  type Announce,
  type Browser,
  type Cell,
  type Counters,
} from '../schemas/index.js';

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

/** Adds what an announce reports, all but the viewer, who is counted once a minute and not once an announce. */
export function addAnnounce(counters: Counters, announce: Announce): void {
  counters.announces += 1;
  counters.watchedMs += announce.watchedMs;
  counters.stalledMs += announce.stalledMs;
  counters.stalls += announce.stalls;
  counters.cdnBytes += announce.cdnBytes;
  counters.peerBytes += announce.peerBytes;
  counters.uploadedBytes += announce.uploadedBytes;
  counters.droppedFrames += announce.droppedFrames;
  counters.errors += announce.errors;
  if (announce.startupMs !== null) {
    addToBucket(counters.startupHistogram, bucketOf(announce.startupMs, startupBoundsMs), 1);
  }
  if (announce.stalls > 0) {
    const meanMs = announce.stalledMs / announce.stalls;
    addToBucket(counters.stallHistogram, bucketOf(meanMs, stallBoundsMs), announce.stalls);
  }
}

export function addCounters(sum: Counters, counters: Counters): void {
  for (const counter of plainCounters) sum[counter] += counters[counter];
  addHistogram(sum.startupHistogram, counters.startupHistogram);
  addHistogram(sum.stallHistogram, counters.stallHistogram);
}

function addHistogram(sum: number[], histogram: readonly number[]): void {
  for (const [bucket, count] of histogram.entries()) addToBucket(sum, bucket, count);
}

function addToBucket(histogram: number[], bucket: number, count: number): void {
  histogram[bucket] = (histogram[bucket] ?? 0) + count;
}

/** A key for a cell within its stream and minute. NUL is in no quality. */
export function cellKey(quality: string, browser: Browser): string {
  return `${quality}\0${browser}`;
}
