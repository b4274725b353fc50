import {
  addToBucket,
  bucketOf,
  stallBoundsMs,
  startupBoundsMs,
  type Announce,
  type Browser,
  type Counters,
} from '../schemas/index.js';

export { addCounters, emptyCell } from '../schemas/index.js';

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

/** A key for a cell within its stream and minute. NUL is in no quality. */
export function cellKey(quality: string, browser: Browser): string {
  return `${quality}\0${browser}`;
}
