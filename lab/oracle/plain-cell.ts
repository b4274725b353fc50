import {
  bucketOf,
  emptyHistogram,
  latencyBoundsMs,
  stallBoundsMs,
  startupBoundsMs,
  type Announce,
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
  viewsBegun: 0,
  viewsPlayed: 0,
  startsFailed: 0,
  startsGivenUp: 0,
  playbacksFailed: 0,
  errorsNetwork: 0,
  errorsMedia: 0,
  errorsDrm: 0,
  errorsPlayer: 0,
  qualitySwitches: 0,
  playedBits: 0,
  playedBitrateMs: 0,
  startingMs: 0,
  seekingMs: 0,
  pausedMs: 0,
  waitingMs: 0,
  cdnAloneBytes: 0,
  cdnPolicyBytes: 0,
  cdnStartingBytes: 0,
  cdnUnconnectedBytes: 0,
  cdnConnectedBytes: 0,
  seederBytes: 0,
  connectionsTried: 0,
  connectionsMade: 0,
  seederCdnBytes: 0,
  seederUploadedBytes: 0,
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
  ['stalled_ms', 'stalledMs'],
  ['views.begun', 'viewsBegun'],
  ['views.played', 'viewsPlayed'],
  ['starts.failed', 'startsFailed'],
  ['starts.given_up', 'startsGivenUp'],
  ['playbacks.failed', 'playbacksFailed'],
  ['errors.network', 'errorsNetwork'],
  ['errors.media', 'errorsMedia'],
  ['errors.drm', 'errorsDrm'],
  ['errors.player', 'errorsPlayer'],
  ['quality_switches', 'qualitySwitches'],
  ['played_bits', 'playedBits'],
  ['played_bitrate_ms', 'playedBitrateMs'],
  ['state_ms.starting', 'startingMs'],
  ['state_ms.seeking', 'seekingMs'],
  ['state_ms.paused', 'pausedMs'],
  ['state_ms.waiting', 'waitingMs'],
  ['bytes.cdn_by_reason.alone', 'cdnAloneBytes'],
  ['bytes.cdn_by_reason.policy', 'cdnPolicyBytes'],
  ['bytes.cdn_by_reason.starting', 'cdnStartingBytes'],
  ['bytes.cdn_by_reason.unconnected', 'cdnUnconnectedBytes'],
  ['bytes.cdn_by_reason.connected', 'cdnConnectedBytes'],
  ['bytes.seeders', 'seederBytes'],
  ['connections.tried', 'connectionsTried'],
  ['connections.made', 'connectionsMade'],
  ['bytes.seeders_cdn', 'seederCdnBytes'],
  ['bytes.seeders_uploaded', 'seederUploadedBytes'],
];

/** Counters of nothing. */
export function plainCounters(): Counters {
  return {
    ...none,
    startupHistogram: emptyHistogram(startupBoundsMs),
    stallHistogram: emptyHistogram(stallBoundsMs),
    latencyHistogram: emptyHistogram(latencyBoundsMs),
  };
}

/**
 * What an announce tells that is counted; in a viewer's own record an untold start-up is absent.
 */
export type CountedReport = Pick<Reported, CountedFirst> &
  Partial<Pick<Announce, CountedSecond | 'number' | 'role' | 'failure' | 'cdnReason'>>;
type CountedFirst =
  | ('watchedMs' | 'stalledMs' | 'stalls' | 'cdnBytes' | 'peerBytes' | 'uploadedBytes')
  | ('droppedFrames' | 'errors');
type CountedSecond =
  | ('startupMs' | 'liveLatencyMs' | 'encodedBitrateKbps')
  | ('errorsNetwork' | 'errorsMedia' | 'errorsDrm' | 'errorsPlayer' | 'qualitySwitches')
  | ('startingMs' | 'seekingMs' | 'pausedMs' | 'waitingMs')
  | ('seederBytes' | 'connectionsTried' | 'connectionsMade');

/** Adds what an announce reports; all but the viewer, who is counted once a minute. */
export function addReport(counters: Counters, report: CountedReport): void {
  counters.announces += 1;
  const { role = 'viewer' } = report;
  if (role === 'seeder') {
    counters.seederCdnBytes = inRange(counters.seederCdnBytes + report.cdnBytes);
    counters.seederUploadedBytes = inRange(counters.seederUploadedBytes + report.uploadedBytes);
  }
  if (role !== 'viewer') return;
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
  // Announces of the first version say nothing of what follows.
  if ((report.cdnReason ?? 'untold') !== 'untold') addSecond(counters, report);
}

const numbersOfSecond = [
  ...(['errorsNetwork', 'errorsMedia', 'errorsDrm', 'errorsPlayer', 'qualitySwitches'] as const),
  ...(['startingMs', 'seekingMs', 'pausedMs', 'waitingMs'] as const),
  ...(['seederBytes', 'connectionsTried', 'connectionsMade'] as const),
];
const failureCounters = {
  start_failed: 'startsFailed',
  start_given_up: 'startsGivenUp',
  playback_failed: 'playbacksFailed',
} as const;
const reasonCounters = {
  alone: 'cdnAloneBytes',
  policy: 'cdnPolicyBytes',
  starting: 'cdnStartingBytes',
  unconnected: 'cdnUnconnectedBytes',
  connected: 'cdnConnectedBytes',
} as const;

function addSecond(counters: Counters, report: CountedReport): void {
  const { number, failure = 'none', cdnReason = 'untold', watchedMs, cdnBytes } = report;
  if (number === 0) counters.viewsBegun += 1;
  if (typeof report.startupMs === 'number') counters.viewsPlayed += 1;
  if (failure !== 'none') counters[failureCounters[failure]] += 1;
  for (const name of numbersOfSecond) {
    counters[name] = inRange(counters[name] + (report[name] ?? 0));
  }
  if (typeof report.encodedBitrateKbps === 'number') {
    const bits = watchedMs * report.encodedBitrateKbps;
    counters.playedBits = inRange(counters.playedBits + bits);
    counters.playedBitrateMs = inRange(counters.playedBitrateMs + watchedMs);
  }
  if (cdnReason !== 'untold') {
    const counter = reasonCounters[cdnReason];
    counters[counter] = inRange(counters[counter] + cdnBytes);
  }
  if (typeof report.liveLatencyMs === 'number') {
    addAt(counters.latencyHistogram, bucketOf(report.liveLatencyMs, latencyBoundsMs), 1);
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
  for (const [bucket, count] of counters.latencyHistogram.entries()) {
    addAt(sum.latencyHistogram, bucket, count);
  }
}

/** Takes counters away from a sum of them and others; what saturated may be less than its parts. */
export function subtractPlainly(sum: Counters, counters: Counters): void {
  for (const counter of sumCounters) sum[counter] = Math.max(0, sum[counter] - counters[counter]);
  for (const histogram of ['startupHistogram', 'stallHistogram', 'latencyHistogram'] as const) {
    for (const [bucket, count] of counters[histogram].entries()) {
      sum[histogram][bucket] = Math.max(0, (sum[histogram][bucket] ?? 0) - count);
    }
  }
}

function addAt(histogram: number[], bucket: number, count: number): void {
  histogram[bucket] = inRange((histogram[bucket] ?? 0) + count);
}

/** A sum that would be 2^53 − 1 or more stands as 2^53 − 2. */
function inRange(sum: number): number {
  return Math.min(sum, 2 ** 53 - 2);
}
