import { decodeNamePart, facetBase, metricBase } from '../../graphite/index.js';
import { atLeastIn, bounded, isAtLeast } from './at-least.js';
import { weightOf } from './figure-table.js';
import type { MetricsReader, MetricsSubject, RangeValues } from './metrics-reader.js';
import { offloadOf } from './offload.js';
import { ratioOfSums, ratiosOf, type RatioName } from './ratio-parts.js';
import type { StepValues, Values } from './step-values.js';
import type { Steps } from './steps.js';

/** What is told of each value of a facet. */
export const facetFigureNames = [
  'viewers',
  'watchedMs',
  'cdnBytes',
  'peerBytes',
  'offload',
  'viewsBegun',
  'viewsPlayed',
  'startsFailed',
  'playbacksFailed',
  'stalls',
  'stallRatio',
  'startupP50Ms',
  'startupMeanMs',
  'bitrateKbps',
] as const;

/**
 * What a facet's value had in a range: sums, and the mean of viewers; null: not known, or nothing
 * to tell.
 */
export type FacetFigures = {
  readonly value: string;
  /** Pointers to those that mean at least what they tell. */
  readonly atLeast: readonly string[];
} & FacetNumbers;

type FacetNumbers = Readonly<Record<(typeof facetFigureNames)[number], number | null>>;

/** The metrics below a facet's value that these are made of. */
const facetMetrics: readonly string[] = [
  'viewers',
  'viewers_average',
  'bytes.cdn',
  'bytes.p2p',
  'views.begun',
  'views.played',
  'starts.failed',
  'playbacks.failed',
  'stalls',
  'stalled_ms',
  'stall_ratio',
  'startup_ms.p50',
  'state_ms.starting',
  'played_bits',
  'played_bitrate_ms',
  'bitrate_kbps',
];

export type FacetSubject = MetricsSubject & { readonly stream: string };

/** What was read of all values of a facet. */
export interface FacetValues extends RangeValues {
  /** By the value, where in Graphite it stands. */
  readonly bases: ReadonlyMap<string, string>;
}

/** What figures are made of. */
export interface AskedFacet extends FacetValues {
  /** The first step of which the facet is known: before it nobody asked for it. */
  readonly firstKnown: number;
  readonly intervalMs: number;
}

/** What is read of a facet. */
interface FacetWish {
  readonly facet: string;
  /** Below each of its values. */
  readonly metrics: readonly string[];
  /** Besides. */
  readonly targets?: readonly string[];
}

/** Reads all values of a stream's facet. Rejects with AppError `graphite_unavailable`. */
export async function facetValues(
  reader: MetricsReader,
  subject: FacetSubject,
  { facet, metrics, targets: others = [] }: FacetWish,
  steps: Steps,
): Promise<FacetValues> {
  const start = facetBase(reader.prefix, subject.stream, facet, '');
  const targets = [...others, ...metrics.map((metric) => `${start}*.${metric}`)];
  const values = await reader.values(subject, { key: `${start}*`, targets }, steps);
  const bases = new Map<string, string>();
  for (const name of values.names()) {
    if (!name.startsWith(start)) continue;
    const part = name.slice(start.length).split('.')[0] ?? '';
    const value = decodeNamePart(part);
    if (value !== undefined) bases.set(value, start + part);
  }
  return { ...values, bases };
}

/**
 * Reads what figures of a facet are made of, and since when it is known. Rejects with AppError
 * `graphite_unavailable`.
 */
export async function askedFacet(
  reader: MetricsReader,
  subject: FacetSubject,
  facet: string,
  steps: Steps,
): Promise<AskedFacet> {
  const ofStream = metricBase(reader.prefix, subject.stream);
  const wish = { facet, metrics: facetMetrics, targets: [`${ofStream}.viewers`] };
  const values = await facetValues(reader, subject, wish, steps);
  const viewersOf = (base: string): Values => values.valuesOf(base).of('viewers', 'mean');
  const isOfMinutes = values.steps.stepMs === reader.intervalMs;
  const firstKnown = firstAsked(
    viewersOf(ofStream),
    [...values.bases.values()].map(viewersOf),
    isOfMinutes,
  );
  return { ...values, firstKnown, intervalMs: reader.intervalMs };
}

/**
 * The step from which on a facet was asked for until the last one that tells of it. The viewers of
 * its values add up to the stream's, so nobody asks for it where the stream alone has some.
 */
function firstAsked(ofStream: Values, ofValues: readonly Values[], isOfMinutes: boolean): number {
  const isTold = ofStream.map((_, step) => ofValues.some((values) => (values[step] ?? 0) > 0));
  const last = isTold.includes(true) ? isTold.lastIndexOf(true) : ofStream.length;
  const unasked = ofStream.findLastIndex(
    (viewers, step) =>
      step < last && (viewers ?? 0) > 0 && ofValues.every((values) => values[step] === 0),
  );
  if (unasked === -1) return 0;
  // Within a step of several minutes it may have been asked for after some of them.
  return Math.min(unasked + (isOfMinutes ? 1 : 2), ofStream.length);
}

/** The figures of each value since the facet is known, those that most watched first. */
export function facetFigures(asked: AskedFacet): FacetFigures[] {
  const { valuesOf, steps, bases, firstKnown, intervalMs } = asked;
  return [...bases]
    .map(([value, base]) => {
      const values = valuesOf(base);
      const of: StepsOf = (metric, fold) => values.of(metric, fold).slice(firstKnown);
      const numbers = numbersOf(of, steps.stepMs);
      const minutes = (knownOf(of('viewers', 'mean')).length * steps.stepMs) / intervalMs;
      const atLeast = atLeastIn(numbers, (name) => (name === 'viewers' ? minutes : 1));
      return { value, ...numbers, atLeast };
    })
    .sort((left, right) => (right.watchedMs ?? 0) - (left.watchedMs ?? 0));
}

type StepsOf = StepValues['of'];

function numbersOf(of: StepsOf, stepMs: number): FacetNumbers {
  const sum = (metric: string): number | null => sumOf(of(metric, 'sum'));
  const average = of('viewers_average', 'mean');
  const ratio = (name: RatioName): number | null => ratioOfSums(ratiosOf(name, of, stepMs));
  const watched = sumOf(average);
  const [cdnBytes, peerBytes] = [sum('bytes.cdn'), sum('bytes.p2p')];
  const viewsPlayed = sum('views.played');
  return {
    viewers: meanOf(of('viewers', 'mean')),
    watchedMs: watched === null ? null : bounded(watched * stepMs),
    cdnBytes,
    peerBytes,
    offload: offloadOf(cdnBytes, peerBytes),
    viewsBegun: sum('views.begun'),
    viewsPlayed,
    startsFailed: sum('starts.failed'),
    playbacksFailed: sum('playbacks.failed'),
    stalls: sum('stalls'),
    stallRatio: ratio('stallRatio'),
    startupP50Ms: quantileOf(of('startup_ms.p50', 'quantile'), average, stepMs),
    startupMeanMs: startupMeanOf(sum('state_ms.starting'), viewsPlayed),
    bitrateKbps: ratio('bitrateKbps'),
  };
}

function knownOf(values: Values): number[] {
  return values.filter((value) => value !== null);
}

/** Of the steps that are known. */
function sumOf(values: Values): number | null {
  const known = knownOf(values);
  return known.length === 0 ? null : bounded(known.reduce((sum, value) => sum + value, 0));
}

/** Of what a verdict on a holdback is made; null where nobody told how long the start took. */
function startupMeanOf(startingMs: number | null, viewsPlayed: number | null): number | null {
  if (startingMs === null || viewsPlayed === null || isAtLeast(startingMs)) return null;
  return startingMs > 0 && viewsPlayed > 0 ? startingMs / viewsPlayed : null;
}

function meanOf(values: Values): number | null {
  const sum = sumOf(values);
  return sum === null ? null : sum / knownOf(values).length;
}

/** The mean of a quantile, by who watched. */
function quantileOf(values: Values, averages: Values, stepMs: number): number | null {
  let [sum, weights] = [0, 0];
  for (const [index, value] of values.entries()) {
    const weight = weightOf(averages[index] ?? 0, stepMs);
    if (weight === null) return null;
    if (value === null) continue;
    sum += weight * value;
    weights += weight;
  }
  return weights > 0 ? sum / weights : null;
}
