import { secondFields, type ReportedNumber } from './announce-fields.js';
import {
  latencyBoundsMs,
  stallBoundsMs,
  startupBinBoundsMs,
  startupBoundsMs,
} from './histograms.js';
import type { CdnReason, Failure } from './announce-words.js';

/** What an announce has to say so that a counter takes it. */
type CountedWhen =
  | { readonly number: 0 }
  | { readonly told: ReportedNumber }
  | { readonly failure: Failure }
  | { readonly cdnReason: CdnReason };

/** One counter of the cell. */
interface Counter {
  /**
   * Where it stands in `Counts`, below `placesMax`; of a histogram the first bucket. Once released
   * it never changes, and it is never given to another one.
   */
  readonly place: number;
  /** Its column of `stream_minutes`. */
  readonly column: string;
  /** What it adds up: viewers, announces, or a number that each announce reports. */
  readonly of: 'viewer' | 'announce' | ReportedNumber;
  /** Each of these numbers counts so many times. */
  readonly times?: ReportedNumber;
  /** Of which announces alone. */
  readonly when?: CountedWhen;
  /** Counted of sessions of this role; elsewhere of viewers. */
  readonly ofRole?: 'seeder' | 'any';
  /** It came with the second version of announces, and counts of those alone. */
  readonly isSecond?: true;
  /** A histogram: how many of these values fall into each bucket. */
  readonly boundsMs?: readonly number[];
  /** A histogram of means: an announce has so many values, which have `of` in sum. */
  readonly per?: ReportedNumber;
  /**
   * Its metric in Graphite, after the stream's base: the sum over the stream's cells. Of a
   * histogram: its quantiles `.p50` and `.p95`.
   */
  readonly metric?: string;
  /** The metric is told only where it isn't 0, as are all that came with the second version. */
  readonly isSparse?: true;
  /**
   * Of a histogram: it stands in Graphite as well, in buckets with these bounds, each of which is
   * one of `boundsMs`: `.histogram.bin_500` and so on after its metric, `.bin_inf` above all.
   */
  readonly binBoundsMs?: readonly number[];
  /** Its metric for each quality: what stands before and after the quality's name. */
  readonly qualityMetric?: readonly [before: string, after: string];
  /** What it is, for docs/queries.md. */
  readonly means: string;
}

/**
 * The counters of a cell, all of them sums over announces, so that cells add up. From here follow
 * types and codecs, stage 1's cells, ClickHouse's columns, Graphite's points, verify and recompute,
 * and the table in docs/queries.md. docs/adding.md says how to add one.
 */
export const counterTable = {
  viewers: {
    place: 0,
    column: 'viewers',
    of: 'viewer',
    metric: '.viewers',
    qualityMetric: ['.viewers_by_quality.', ''],
    means: 'sessions whose latest announce of the minute is in this cell',
  },
  announces: {
    place: 1,
    column: 'announces',
    of: 'announce',
    ofRole: 'any',
    means: 'announces counted, of sessions of all roles',
  },
  watchedMs: { place: 2, column: 'watched_ms', of: 'watchedMs', means: 'time played' },
  stalledMs: {
    place: 3,
    column: 'stalled_ms',
    of: 'stalledMs',
    metric: '.stalled_ms',
    isSparse: true,
    means: 'time stalled',
  },
  stalls: { place: 4, column: 'stalls', of: 'stalls', metric: '.stalls', means: 'stalls begun' },
  cdnBytes: {
    place: 5,
    column: 'cdn_bytes',
    of: 'cdnBytes',
    metric: '.bytes.cdn',
    qualityMetric: ['.bytes_by_quality.', '.cdn'],
    means: 'bytes fetched from the CDN',
  },
  peerBytes: {
    place: 6,
    column: 'peer_bytes',
    of: 'peerBytes',
    metric: '.bytes.p2p',
    qualityMetric: ['.bytes_by_quality.', '.p2p'],
    means: 'bytes fetched from peers',
  },
  uploadedBytes: {
    place: 7,
    column: 'uploaded_bytes',
    of: 'uploadedBytes',
    metric: '.bytes.uploaded',
    means: 'bytes sent to peers',
  },
  droppedFrames: {
    place: 8,
    column: 'dropped_frames',
    of: 'droppedFrames',
    means: 'frames dropped',
  },
  errors: { place: 9, column: 'errors', of: 'errors', means: 'errors of the player' },
  startupHistogram: {
    place: 64,
    column: 'startup_histogram',
    of: 'startupMs',
    boundsMs: startupBoundsMs,
    metric: '.startup_ms',
    binBoundsMs: startupBinBoundsMs,
    means: 'sessions that started, by start-up delay',
  },
  stallHistogram: {
    place: 96,
    column: 'stall_histogram',
    of: 'stalledMs',
    per: 'stalls',
    boundsMs: stallBoundsMs,
    means: 'stalls, by their mean length in an announce',
  },
  viewsBegun: {
    place: 10,
    column: 'views_begun',
    of: 'announce',
    when: { number: 0 },
    isSecond: true,
    metric: '.views.begun',
    means: 'views begun: sessions whose first announce, with the number 0, was counted',
  },
  viewsPlayed: {
    place: 11,
    column: 'views_played',
    of: 'announce',
    when: { told: 'startupMs' },
    isSecond: true,
    metric: '.views.played',
    means: 'views played: sessions that told of their first frame',
  },
  startsFailed: {
    place: 12,
    column: 'starts_failed',
    of: 'announce',
    when: { failure: 'start_failed' },
    isSecond: true,
    metric: '.starts.failed',
    means: 'sessions that an error ended before their first frame',
  },
  startsGivenUp: {
    place: 13,
    column: 'starts_given_up',
    of: 'announce',
    when: { failure: 'start_given_up' },
    isSecond: true,
    metric: '.starts.given_up',
    means: 'sessions whose viewer left before the first frame',
  },
  playbacksFailed: {
    place: 14,
    column: 'playbacks_failed',
    of: 'announce',
    when: { failure: 'playback_failed' },
    isSecond: true,
    metric: '.playbacks.failed',
    means: 'sessions that an error ended after their first frame',
  },
  errorsNetwork: {
    place: 15,
    column: 'errors_network',
    of: 'errorsNetwork',
    isSecond: true,
    metric: '.errors.network',
    means: 'of the errors: those of the network',
  },
  errorsMedia: {
    place: 16,
    column: 'errors_media',
    of: 'errorsMedia',
    isSecond: true,
    metric: '.errors.media',
    means: 'of the errors: those of the media or its decoding',
  },
  errorsDrm: {
    place: 17,
    column: 'errors_drm',
    of: 'errorsDrm',
    isSecond: true,
    metric: '.errors.drm',
    means: 'of the errors: those of content protection',
  },
  errorsPlayer: {
    place: 18,
    column: 'errors_player',
    of: 'errorsPlayer',
    isSecond: true,
    metric: '.errors.player',
    means: 'of the errors: those of the player itself; what is left is of another kind, or untold',
  },
  qualitySwitches: {
    place: 19,
    column: 'quality_switches',
    of: 'qualitySwitches',
    isSecond: true,
    metric: '.quality_switches',
    means: 'switches of the rendition',
  },
  playedBits: {
    place: 20,
    column: 'played_bits',
    of: 'watchedMs',
    times: 'encodedBitrateKbps',
    isSecond: true,
    metric: '.played_bits',
    means: 'time played × the encoded bitrate then, where both are told: bits',
  },
  playedBitrateMs: {
    place: 21,
    column: 'played_bitrate_ms',
    of: 'watchedMs',
    when: { told: 'encodedBitrateKbps' },
    isSecond: true,
    metric: '.played_bitrate_ms',
    means: 'time played whose bitrate was told: `played_bits` by it is the mean bitrate, kbit/s',
  },
  startingMs: {
    place: 22,
    column: 'starting_ms',
    of: 'startingMs',
    isSecond: true,
    metric: '.state_ms.starting',
    means: 'time in which the player was starting',
  },
  seekingMs: {
    place: 23,
    column: 'seeking_ms',
    of: 'seekingMs',
    isSecond: true,
    metric: '.state_ms.seeking',
    means: 'time in which it was seeking',
  },
  pausedMs: {
    place: 24,
    column: 'paused_ms',
    of: 'pausedMs',
    isSecond: true,
    metric: '.state_ms.paused',
    means: 'time in which it was paused',
  },
  waitingMs: {
    place: 25,
    column: 'waiting_ms',
    of: 'waitingMs',
    isSecond: true,
    metric: '.state_ms.waiting',
    means: 'time in which it was waiting for something else',
  },
  cdnAloneBytes: {
    place: 26,
    column: 'cdn_alone_bytes',
    of: 'cdnBytes',
    when: { cdnReason: 'alone' },
    isSecond: true,
    metric: '.bytes.cdn_by_reason.alone',
    means: 'of the bytes from the CDN: nobody else was in the swarm',
  },
  cdnPolicyBytes: {
    place: 27,
    column: 'cdn_policy_bytes',
    of: 'cdnBytes',
    when: { cdnReason: 'policy' },
    isSecond: true,
    metric: '.bytes.cdn_by_reason.policy',
    means: 'of the bytes from the CDN: no peers were wanted',
  },
  cdnStartingBytes: {
    place: 28,
    column: 'cdn_starting_bytes',
    of: 'cdnBytes',
    when: { cdnReason: 'starting' },
    isSecond: true,
    metric: '.bytes.cdn_by_reason.starting',
    means: 'of the bytes from the CDN: before the first frame',
  },
  cdnUnconnectedBytes: {
    place: 29,
    column: 'cdn_unconnected_bytes',
    of: 'cdnBytes',
    when: { cdnReason: 'unconnected' },
    isSecond: true,
    metric: '.bytes.cdn_by_reason.unconnected',
    means: 'of the bytes from the CDN: others were there, and none was connected',
  },
  cdnConnectedBytes: {
    place: 30,
    column: 'cdn_connected_bytes',
    of: 'cdnBytes',
    when: { cdnReason: 'connected' },
    isSecond: true,
    metric: '.bytes.cdn_by_reason.connected',
    means: 'of the bytes from the CDN: a peer that was connected had it not, or was too slow',
  },
  seederBytes: {
    place: 31,
    column: 'seeder_bytes',
    of: 'seederBytes',
    isSecond: true,
    metric: '.bytes.seeders',
    means: 'bytes fetched from seeders, which are not among those from peers',
  },
  connectionsTried: {
    place: 32,
    column: 'connections_tried',
    of: 'connectionsTried',
    isSecond: true,
    metric: '.connections.tried',
    means: 'connections to peers that were tried',
  },
  connectionsMade: {
    place: 33,
    column: 'connections_made',
    of: 'connectionsMade',
    isSecond: true,
    metric: '.connections.made',
    means: 'connections to peers that came to be',
  },
  seederCdnBytes: {
    place: 34,
    column: 'seeder_cdn_bytes',
    of: 'cdnBytes',
    ofRole: 'seeder',
    isSecond: true,
    metric: '.bytes.seeders_cdn',
    means: 'bytes that seeders fetched from the CDN',
  },
  seederUploadedBytes: {
    place: 35,
    column: 'seeder_uploaded_bytes',
    of: 'uploadedBytes',
    ofRole: 'seeder',
    isSecond: true,
    metric: '.bytes.seeders_uploaded',
    means: 'bytes that seeders sent to viewers',
  },
  latencyHistogram: {
    place: 128,
    column: 'latency_histogram',
    of: 'liveLatencyMs',
    boundsMs: latencyBoundsMs,
    isSecond: true,
    metric: '.latency_ms',
    means: 'announces that told it, by the delay behind the live edge',
  },
} as const satisfies Readonly<Record<string, Counter>>;

type Table = typeof counterTable;

export type CounterName = keyof Table;
export type HistogramName = {
  [Name in CounterName]: Table[Name] extends { readonly boundsMs: readonly number[] }
    ? Name
    : never;
}[CounterName];
export type SumName = Exclude<CounterName, HistogramName>;

/** The counters of a cell. */
export type Counters = Record<SumName, number> & Record<HistogramName, number[]>;

/** The counters as columns of `stream_minutes`. */
export type CounterColumns = {
  readonly [Name in CounterName as Table[Name]['column']]: Readonly<Counters[Name]>;
};

/** The reported numbers that counters are made of: what stage 1 reads of an announce. */
export type CountedNumber = Exclude<
  { [Name in CounterName]: Table[Name]['of'] | PerOf<Table[Name]> }[CounterName],
  'viewer' | 'announce'
>;
type PerOf<Line> =
  | (Line extends { readonly per: infer Per } ? Per : never)
  | (Line extends { readonly times: infer Times } ? Times : never)
  | (Line extends { readonly when: { readonly told: infer Told } } ? Told : never);

/** The same table, read as what each line may have. */
const lines: Readonly<Record<CounterName, Counter>> = counterTable;

export const counterNames = Object.keys(counterTable) as readonly CounterName[];
export const histogramNames = counterNames.filter((name) => isHistogram(name));
export const sumNames = counterNames.filter((name) => !isHistogram(name)) as readonly SumName[];

function isHistogram(name: CounterName): name is HistogramName {
  return lines[name].boundsMs !== undefined;
}

export const countedNumbers = [...new Set(counterNames.flatMap(numbersOf))].filter(
  (of): of is CountedNumber => of !== 'viewer' && of !== 'announce',
);

function numbersOf(name: CounterName): Counter['of'][] {
  const { of, per, times, when } = lines[name];
  const told = when !== undefined && 'told' in when ? when.told : of;
  return [of, per ?? of, times ?? of, told];
}

/** Those that came with the second version of announces. */
export const secondNumbers = countedNumbers.filter((number) =>
  secondFields.some((field) => field === number),
);

/** A counter's line of the table. */
export function counterOf(name: CounterName): Counter {
  return lines[name];
}
