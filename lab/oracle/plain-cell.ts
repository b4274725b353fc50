import {
  bucketOf,
  emptyHistogram,
  stallBoundsMs,
  startupBoundsMs,
  type Counters,
  type Reported,
  type SumName,
} from '../../schemas/index.js';

/**
 * The counters of a cell as the judges have them: by hand, with nothing of the table from which
 * the services' follow, so that a mistake there is found here.
 */
const none: Readonly<Record<SumName, number>> = {
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
};

/** The counters that are plain sums. */
export const sumCounters = Object.keys(none) as readonly SumName[];

/** Each counter's column of `stream_minutes`: `watchedMs` is `watched_ms`. */
export function columnOf(counter: SumName): string {
  return counter.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Metrics of Graphite that are sums of a counter over a stream's cells. */
export const sumMetrics: readonly (readonly [metric: string, counter: SumName])[] = [
  ['viewers', 'viewers'],
  ['bytes.cdn', 'cdnBytes'],
  ['bytes.p2p', 'peerBytes'],
  ['bytes.uploaded', 'uploadedBytes'],
  ['stalls', 'stalls'],
];

/** Counters of nothing. */
export function plainCounters(): Counters {
  return {
    ...none,
    startupHistogram: emptyHistogram(startupBoundsMs),
    stallHistogram: emptyHistogram(stallBoundsMs),
  };
}

/**
 * What an announce tells that is counted; in a viewer's own record an untold start-up is absent.
 */
export type CountedReport = Omit<Reported, 'startupMs' | NotCounted> & {
  readonly startupMs?: number | null;
};
type NotCounted =
  | 'segment'
  | 'bufferLengthMs'
  | 'liveLatencyMs'
  | 'encodedBitrateKbps'
  | 'throughputKbps'
  | 'playbackRatePercent';

/** Adds what an announce reports; all but the viewer, who is counted once a minute. */
export function addReport(counters: Counters, report: CountedReport): void {
  counters.announces += 1;
  counters.watchedMs = inRange(counters.watchedMs + report.watchedMs);
  counters.stalledMs = inRange(counters.stalledMs + report.stalledMs);
  counters.stalls = inRange(counters.stalls + report.stalls);
  counters.cdnBytes = inRange(counters.cdnBytes + report.cdnBytes);
  counters.peerBytes = inRange(counters.peerBytes + report.peerBytes);
  counters.uploadedBytes = inRange(counters.uploadedBytes + report.uploadedBytes);
  counters.droppedFrames = inRange(counters.droppedFrames + report.droppedFrames);
  counters.errors = inRange(counters.errors + report.errors);
  const startupMs = report.startupMs ?? undefined;
  if (startupMs !== undefined) {
    addAt(counters.startupHistogram, bucketOf(startupMs, startupBoundsMs), 1);
  }
  if (report.stalls > 0) {
    const meanMs = report.stalledMs / report.stalls;
    addAt(counters.stallHistogram, bucketOf(meanMs, stallBoundsMs), report.stalls);
  }
}

/** Adds counters up. */
export function addPlainly(sum: Counters, counters: Counters): void {
  for (const counter of sumCounters) sum[counter] = inRange(sum[counter] + counters[counter]);
  for (const [bucket, count] of counters.startupHistogram.entries()) {
    addAt(sum.startupHistogram, bucket, count);
  }
  for (const [bucket, count] of counters.stallHistogram.entries()) {
    addAt(sum.stallHistogram, bucket, count);
  }
}

function addAt(histogram: number[], bucket: number, count: number): void {
  histogram[bucket] = inRange((histogram[bucket] ?? 0) + count);
}

/** A sum that would be 2^53 − 1 or more stands as 2^53 − 2. */
function inRange(sum: number): number {
  return Math.min(sum, 2 ** 53 - 2);
}
