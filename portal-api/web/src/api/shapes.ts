import type { NowAnswer, NowRow } from '../../../routes/metric-shapes.js';
import type { StreamAnswer } from '../../../routes/stream-shapes.js';

export type { NowAnswer, NowRow, StreamAnswer };

/** What else the API answers, as the pages read it. */
export type Values = readonly (number | null)[];

/**
 * `current`; `idle`: nobody watches, and that is known; `late`: figures of this stream alone are
 * unknown since `closedUntilMs`; `stale`: those of all are; `no_data`: nothing was ever told;
 * `unread`: of a list alone, they come within seconds.
 */
export type FiguresState = 'current' | 'idle' | 'late' | 'stale' | 'no_data' | 'unread';

export type Role = 'viewer' | 'editor' | 'admin';

export interface SessionAnswer {
  readonly name: string;
  readonly role: Role;
  /** The groups whose streams are seen; null: all streams. */
  readonly groups: readonly string[] | null;
  readonly untilMs: number | null;
}

export const cdnReasons = ['alone', 'policy', 'starting', 'unconnected', 'connected'] as const;
export type CdnReason = (typeof cdnReasons)[number];
export const errorKinds = ['network', 'media', 'drm', 'player'] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** Series of one value a step each, of which a page sums up what it tells first. */
const summarySeries = [
  'viewers',
  'viewersAverage',
  'cdnBytes',
  'peerBytes',
  'stallRatio',
  'startupP50Ms',
  'bitrateKbps',
  'viewsBegun',
  'viewsPlayed',
  'startsFailed',
] as const;

/** Those that are drawn besides. */
const detailSeries = [
  'startupP95Ms',
  'latencyP50Ms',
  'latencyP95Ms',
  'startsGivenUp',
  'playbacksFailed',
] as const;

/** What a page asks for; each series is a file or more that has to be read for it. */
export const seriesOf = {
  state: ['viewers'],
  summary: summarySeries,
  overview: [...summarySeries, 'cdnByReason'],
  charts: [...summarySeries, ...detailSeries, 'viewersByQuality', 'cdnByReason', 'errors'],
  browsers: ['viewers', 'browsers', 'browsersByQuality'],
} as const;

interface SeriesByName extends Readonly<
  Record<(typeof summarySeries | typeof detailSeries)[number], Values>
> {
  readonly viewersByQuality: Readonly<Record<string, Values>>;
  readonly browsers: Readonly<Record<string, Values>>;
  readonly browsersByQuality: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  readonly errors: Readonly<Record<ErrorKind, Values>>;
  readonly cdnByReason: Readonly<Record<CdnReason, Values>>;
}

export type SeriesSet = keyof typeof seriesOf;
export type MetricSeries<Set extends SeriesSet> = Pick<
  SeriesByName,
  (typeof seriesOf)[Set][number]
>;

export interface MetricsAnswer<Set extends SeriesSet> {
  readonly intervalMs: number;
  readonly stepMs: number;
  readonly state: FiguresState;
  readonly closedUntilMs: number | null;
  readonly lastMinuteAtMs: number | null;
  readonly times: readonly number[];
  readonly series: MetricSeries<Set>;
}

export interface FacetValue {
  readonly value: string;
  readonly viewers: number | null;
  readonly cdnBytes: number | null;
  readonly peerBytes: number | null;
  readonly viewsPlayed: number | null;
  readonly stallRatio: number | null;
}

export interface FacetAnswer {
  readonly facet: string;
  readonly values: readonly FacetValue[];
}

export interface HoldbackSide {
  readonly viewsPlayed: number | null;
  readonly stallRatio: number | null;
  readonly startupP50Ms: number | null;
  readonly bitrateKbps: number | null;
}

export interface HoldbackVerdict {
  readonly figure: 'stall_ratio' | 'startup' | 'bitrate';
  readonly verdict: 'better' | 'worse' | 'unclear';
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface HoldbackAnswer {
  readonly percent: number;
  /** Null: nobody was in it. */
  readonly withPeers: HoldbackSide | null;
  readonly heldBack: HoldbackSide | null;
  readonly verdicts: readonly HoldbackVerdict[];
}

export interface HistoryChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface HistoryEntry {
  readonly atMs: number;
  readonly actor: string;
  readonly outcome: string;
  readonly expectedRevision: number;
  readonly detail: string;
  readonly changes: readonly HistoryChange[];
}

export interface HistoryAnswer {
  readonly entries: readonly HistoryEntry[];
  readonly nextCursor: string | null;
}

export interface GroupsAnswer {
  readonly groups: readonly { readonly name: string; readonly streams: number }[];
}

export interface Node {
  readonly name: string;
  readonly state: string;
  /** True: it has partitions without progress. */
  readonly isTroubled: boolean;
  readonly address: string;
  readonly version: string;
  /** 0 idle … 1 full. */
  readonly load: number;
  /** Of a tracker: sockets of viewers. */
  readonly viewers: number;
}

export interface Lag {
  readonly group: string;
  readonly topic: string;
  readonly behindRecords: number;
}

export type Facts = Readonly<Record<string, unknown>>;

export interface SystemAnswer {
  readonly trackers: readonly Node[];
  readonly rollups: readonly Node[];
  readonly ingests: readonly Node[];
  readonly portals: readonly Node[];
  readonly lag: readonly Lag[];
  readonly sinks: { readonly graphite: Facts; readonly clickHouse: Facts };
  readonly closed: readonly { readonly partition: number; readonly closedUntilMs: number | null }[];
  readonly registry: Facts;
  /** What is wrong with the lag; else empty. */
  readonly detail: string;
}
