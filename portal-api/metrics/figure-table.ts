import { isAtLeast } from './at-least.js';

/**
 * How a figure of several minutes follows from theirs: their `sum`, or the `mean` over all of them;
 * a `part` of a ratio is a sum as well, which isn't bounded and is infinite where a minute's is at
 * its bound. A `ratio` is that of its parts, however long a step is. Of a `quantile` only the mean
 * can be told, of the minutes that have one, by how many watched. Where a minute of the first three
 * has no point and is known, it is 0.
 */
export type Fold = 'sum' | 'part' | 'mean' | 'ratio' | 'quantile';

/** True: it is a sum over viewers or their mean, of which an absent point is 0. */
export function addsUp(fold: Fold): fold is 'sum' | 'part' | 'mean' {
  return fold === 'sum' || fold === 'part' || fold === 'mean';
}

/**
 * By what a minute's quantile counts among others: by who watched, `NaN` where it isn't known.
 * Null: what was watched in the `stepMs` that it is of stands at its bound.
 */
export function weightOf(viewersAverage: number, stepMs: number): number | null {
  if (isAtLeast(viewersAverage * stepMs)) return null;
  return viewersAverage > 0 ? viewersAverage : 0;
}

interface Figure {
  /** Its metric, after the base of what it is of. */
  readonly metric: string;
  readonly fold: Fold;
  /** Its column of CSV. */
  readonly column: string;
}

/** Every single figure of docs/graphite.md#metrics that the API tells. */
export const figureTable = {
  viewers: { metric: 'viewers', fold: 'mean', column: 'viewers' },
  viewersAverage: { metric: 'viewers_average', fold: 'mean', column: 'viewers_average' },
  cdnBytes: { metric: 'bytes.cdn', fold: 'sum', column: 'cdn_bytes' },
  peerBytes: { metric: 'bytes.p2p', fold: 'sum', column: 'peer_bytes' },
  uploadedBytes: { metric: 'bytes.uploaded', fold: 'sum', column: 'uploaded_bytes' },
  stalls: { metric: 'stalls', fold: 'sum', column: 'stalls' },
  stalledMs: { metric: 'stalled_ms', fold: 'part', column: 'stalled_ms' },
  stallRatio: { metric: 'stall_ratio', fold: 'ratio', column: 'stall_ratio' },
  startupP50Ms: { metric: 'startup_ms.p50', fold: 'quantile', column: 'startup_p50_ms' },
  startupP95Ms: { metric: 'startup_ms.p95', fold: 'quantile', column: 'startup_p95_ms' },
  viewsBegun: { metric: 'views.begun', fold: 'sum', column: 'views_begun' },
  viewsPlayed: { metric: 'views.played', fold: 'sum', column: 'views_played' },
  startsFailed: { metric: 'starts.failed', fold: 'sum', column: 'starts_failed' },
  startsGivenUp: { metric: 'starts.given_up', fold: 'sum', column: 'starts_given_up' },
  playbacksFailed: { metric: 'playbacks.failed', fold: 'sum', column: 'playbacks_failed' },
  qualitySwitches: { metric: 'quality_switches', fold: 'sum', column: 'quality_switches' },
  playedBits: { metric: 'played_bits', fold: 'part', column: 'played_bits' },
  playedBitrateMs: { metric: 'played_bitrate_ms', fold: 'part', column: 'played_bitrate_ms' },
  bitrateKbps: { metric: 'bitrate_kbps', fold: 'ratio', column: 'bitrate_kbps' },
  latencyP50Ms: { metric: 'latency_ms.p50', fold: 'quantile', column: 'latency_p50_ms' },
  latencyP95Ms: { metric: 'latency_ms.p95', fold: 'quantile', column: 'latency_p95_ms' },
  seederBytes: { metric: 'bytes.seeders', fold: 'sum', column: 'seeder_bytes' },
  connectionsTried: { metric: 'connections.tried', fold: 'sum', column: 'connections_tried' },
  connectionsMade: { metric: 'connections.made', fold: 'sum', column: 'connections_made' },
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureName = keyof typeof figureTable;
export const figureNames = Object.keys(figureTable) as readonly FigureName[];

interface Kinds {
  readonly metric: string;
  readonly kinds: readonly string[];
  readonly column: string;
  /**
   * A figure that is told wherever one of the kinds is. Where it alone is, Graphite wasn't told of
   * them, and they aren't known.
   */
  readonly toldWith?: FigureName;
}

/** Sums that are told of a few kinds each. */
export const kindTable = {
  errors: {
    metric: 'errors',
    kinds: ['network', 'media', 'drm', 'player', 'other'],
    column: 'errors',
  },
  stateMs: {
    metric: 'state_ms',
    kinds: ['starting', 'seeking', 'paused', 'waiting'],
    column: 'state_ms',
  },
  cdnByReason: {
    metric: 'bytes.cdn_by_reason',
    kinds: ['alone', 'policy', 'starting', 'unconnected', 'connected'],
    column: 'cdn_bytes reason',
  },
  /** Starts by how long they took: in ms the end of each bucket. */
  startupHistogram: {
    metric: 'startup_ms.histogram',
    kinds: [
      'bin_500',
      'bin_1000',
      'bin_2000',
      'bin_3000',
      'bin_5000',
      'bin_10000',
      'bin_30000',
      'bin_inf',
    ],
    column: 'starts startup_ms',
    toldWith: 'startupP50Ms',
  },
} as const satisfies Readonly<Record<string, Kinds>>;

export type KindName = keyof typeof kindTable;

/** The same line, read as what each may have. */
export function kindsOf(name: KindName): Kinds {
  return kindTable[name];
}

export const kindNames = Object.keys(kindTable) as readonly KindName[];
