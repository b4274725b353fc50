import type { ReportedNumber } from './announce-fields.js';
import { stallBoundsMs, startupBoundsMs } from './histograms.js';

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
  /** A histogram: how many of these values fall into each bucket. */
  readonly boundsMs?: readonly number[];
  /** A histogram of means: an announce has so many values, which have `of` in sum. */
  readonly per?: ReportedNumber;
  /**
   * Its metric in Graphite, after the stream's base: the sum over the stream's cells. Of a
   * histogram: its quantiles `.p50` and `.p95`.
   */
  readonly metric?: string;
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
  announces: { place: 1, column: 'announces', of: 'announce', means: 'announces counted' },
  watchedMs: { place: 2, column: 'watched_ms', of: 'watchedMs', means: 'time played' },
  stalledMs: { place: 3, column: 'stalled_ms', of: 'stalledMs', means: 'time stalled' },
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
type PerOf<Line> = Line extends { readonly per: infer Per } ? Per : never;

/** The same table, read as what each line may have. */
const lines: Readonly<Record<CounterName, Counter>> = counterTable;

export const counterNames = Object.keys(counterTable) as readonly CounterName[];
export const histogramNames = counterNames.filter((name) => isHistogram(name));
export const sumNames = counterNames.filter((name) => !isHistogram(name)) as readonly SumName[];

function isHistogram(name: CounterName): name is HistogramName {
  return lines[name].boundsMs !== undefined;
}

export const countedNumbers = [
  ...new Set(counterNames.flatMap((name) => [lines[name].of, lines[name].per ?? lines[name].of])),
].filter((of): of is CountedNumber => of !== 'viewer' && of !== 'announce');

/** A counter's line of the table. */
export function counterOf(name: CounterName): Counter {
  return lines[name];
}
