import { isAtLeast } from './at-least.js';

/**
 * How a figure of several minutes follows from theirs: their `sum`, the `mean` over all of them;
 * or, of the minutes that have one, the `ratio` of what they are made of, and the mean by how many
 * watched, of a mean (`weighted`) or a `quantile`. Where a minute of the first two has no point and
 * is known, it is 0.
 */
export type Fold = 'sum' | 'mean' | 'ratio' | 'weighted' | 'quantile';

/** True: it is a sum over viewers or their mean, of which an absent point is 0. */
export function addsUp(fold: Fold): fold is 'sum' | 'mean' {
  return fold === 'sum' || fold === 'mean';
}

/**
 * By what a minute counts among others: by its viewers, and a ratio of what is stalled to all time
 * by all time. Where all only stalled no watched time tells how long: as long as `viewers`, who
 * were there, can have; without them it counts as nothing.
 *
 * Null: of the `stepMs` that these are of, what was watched, stalled or played stands at its bound.
 * Then neither its weight is known, nor a ratio of it.
 */
export function weightOf(
  fold: Fold,
  value: number,
  { viewersAverage, viewers }: Audience,
  stepMs: number,
): number | null {
  if (fold === 'ratio' && value >= 1) return viewers > 0 ? viewers : 0;
  if (!(viewersAverage > 0)) return 0;
  const weight = fold === 'ratio' ? viewersAverage / (1 - value) : viewersAverage;
  // Time × kbit/s is what was played, in bits.
  const sum = weight * stepMs * (fold === 'weighted' ? Math.max(1, value) : 1);
  return isAtLeast(sum) ? null : weight;
}

/** Who was there; `NaN` where it isn't known. */
export interface Audience {
  readonly viewersAverage: number;
  readonly viewers: number;
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
  stallRatio: { metric: 'stall_ratio', fold: 'ratio', column: 'stall_ratio' },
  startupP50Ms: { metric: 'startup_ms.p50', fold: 'quantile', column: 'startup_p50_ms' },
  startupP95Ms: { metric: 'startup_ms.p95', fold: 'quantile', column: 'startup_p95_ms' },
  viewsBegun: { metric: 'views.begun', fold: 'sum', column: 'views_begun' },
  viewsPlayed: { metric: 'views.played', fold: 'sum', column: 'views_played' },
  startsFailed: { metric: 'starts.failed', fold: 'sum', column: 'starts_failed' },
  startsGivenUp: { metric: 'starts.given_up', fold: 'sum', column: 'starts_given_up' },
  playbacksFailed: { metric: 'playbacks.failed', fold: 'sum', column: 'playbacks_failed' },
  qualitySwitches: { metric: 'quality_switches', fold: 'sum', column: 'quality_switches' },
  bitrateKbps: { metric: 'bitrate_kbps', fold: 'weighted', column: 'bitrate_kbps' },
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
