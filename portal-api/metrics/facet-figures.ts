import { metricBase } from '../../graphite/index.js';
import { atLeastIn, bounded, isAtLeast } from './at-least.js';
import { facetValues, PartedValues, type FacetSubject, type FacetValues } from './facet-values.js';
import { weightOf, type Fold } from './figure-table.js';
import type { MetricsReader } from './metrics-reader.js';
import { offloadOf } from './offload.js';
import { ratioOfSums, type RatioName } from './ratio-parts.js';
import type { Values } from './step-values.js';
import { timesOf, type Steps } from './steps.js';

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
const facetFolds = {
  viewers: 'mean',
  viewers_average: 'mean',
  'bytes.cdn': 'sum',
  'bytes.p2p': 'sum',
  'views.begun': 'sum',
  'views.played': 'sum',
  'starts.failed': 'sum',
  'playbacks.failed': 'sum',
  stalls: 'sum',
  stalled_ms: 'part',
  stall_ratio: 'ratio',
  'startup_ms.p50': 'quantile',
  'state_ms.starting': 'sum',
  played_bits: 'part',
  played_bitrate_ms: 'part',
  bitrate_kbps: 'ratio',
} as const satisfies Readonly<Record<string, Fold>>;

/** What figures are made of. */
export interface AskedFacet extends FacetValues {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Since when the facet is known: before it nobody asked for it; null: all that is asked. */
  readonly knownFromMs: number | null;
  /** The first step of which it is known. */
  readonly firstKnown: number;
  readonly intervalMs: number;
}

/**
 * Reads what figures of a facet are made of in these parts of a range, and since when it is known.
 * Rejects with AppError `graphite_unavailable`.
 */
export async function askedFacet(
  reader: MetricsReader,
  subject: FacetSubject,
  facet: string,
  asked: readonly Steps[],
): Promise<AskedFacet> {
  const ofStream = metricBase(reader.prefix, subject.stream);
  const wish = { facet, folds: facetFolds, besides: ofStream };
  const values = await facetValues(reader, subject, wish, asked);
  const { parts, bases } = values;
  const viewersOf = (base: string): Values => new PartedValues(parts, base).of('viewers');
  const { intervalMs } = reader;
  const isOfMinute = new PartedValues(parts, ofStream)
    .lengthsMs()
    .map((stepMs) => stepMs === intervalMs);
  const ofValues = [...bases.values()].map(viewersOf);
  const firstKnown = firstAsked(viewersOf(ofStream), ofValues, isOfMinute);
  const times = parts.flatMap(({ steps }) => timesOf(steps));
  const fromMs = times[0] ?? 0;
  const untilMs = parts.at(-1)?.steps.untilMs ?? fromMs;
  const knownFromMs = times[firstKnown] ?? null;
  return { ...values, fromMs, untilMs, knownFromMs, firstKnown, intervalMs };
}

/**
 * The step from which on a facet was asked for until the last one that tells of it. The viewers of
 * its values add up to the stream's, so nobody asks for it where the stream alone has some.
 */
function firstAsked(
  ofStream: Values,
  ofValues: readonly Values[],
  isOfMinute: readonly boolean[],
): number {
  const isTold = ofStream.map((_, step) => ofValues.some((values) => (values[step] ?? 0) > 0));
  const last = isTold.includes(true) ? isTold.lastIndexOf(true) : ofStream.length;
  const unasked = ofStream.findLastIndex(
    (viewers, step) =>
      step < last && (viewers ?? 0) > 0 && ofValues.every((values) => values[step] === 0),
  );
  if (unasked === -1) return 0;
  // Within a step of several minutes it may have been asked for after some of them.
  return Math.min(unasked + (isOfMinute[unasked] === true ? 1 : 2), ofStream.length);
}

/** The figures of each value since the facet is known, those that most watched first. */
export function facetFigures({ parts, bases, firstKnown, intervalMs }: AskedFacet): FacetFigures[] {
  return [...bases]
    .map(([value, base]) => {
      const values = new PartedValues(parts, base, firstKnown);
      const numbers = numbersOf(values);
      const lengthsMs = values.lengthsMs();
      const minutes = knownMs(values.of('viewers'), lengthsMs) / intervalMs;
      const atLeast = atLeastIn(numbers, (name) => (name === 'viewers' ? minutes : 1));
      return { value, ...numbers, atLeast };
    })
    .sort((left, right) => (right.watchedMs ?? 0) - (left.watchedMs ?? 0));
}

function numbersOf(values: PartedValues): FacetNumbers {
  const sum = (metric: string): number | null => sumOf(values.of(metric));
  const lengthsMs = values.lengthsMs();
  const average = values.of('viewers_average');
  const ratio = (name: RatioName): number | null => ratioOfSums(values.ratios(name));
  const [cdnBytes, peerBytes] = [sum('bytes.cdn'), sum('bytes.p2p')];
  const viewsPlayed = sum('views.played');
  return {
    viewers: meanOf(values.of('viewers'), lengthsMs),
    watchedMs: sumOf(timesLength(average, lengthsMs)),
    cdnBytes,
    peerBytes,
    offload: offloadOf(cdnBytes, peerBytes),
    viewsBegun: sum('views.begun'),
    viewsPlayed,
    startsFailed: sum('starts.failed'),
    playbacksFailed: sum('playbacks.failed'),
    stalls: sum('stalls'),
    stallRatio: ratio('stallRatio'),
    startupP50Ms: quantileOf(values.of('startup_ms.p50'), average, lengthsMs),
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

/** Each value by how long its step is. */
function timesLength(values: Values, lengthsMs: readonly number[]): Values {
  return values.map((value, step) => (value === null ? null : value * (lengthsMs[step] ?? NaN)));
}

/** How long the steps are that are known. */
function knownMs(values: Values, lengthsMs: readonly number[]): number {
  return lengthsMs.reduce((sum, ms, step) => (values[step] === null ? sum : sum + ms), 0);
}

function meanOf(values: Values, lengthsMs: readonly number[]): number | null {
  const sum = sumOf(timesLength(values, lengthsMs));
  return sum === null ? null : sum / knownMs(values, lengthsMs);
}

/** The mean of a quantile, by who watched. */
function quantileOf(values: Values, averages: Values, lengthsMs: readonly number[]): number | null {
  let [sum, weights] = [0, 0];
  for (const [index, value] of values.entries()) {
    const stepMs = lengthsMs[index] ?? NaN;
    const weight = weightOf(averages[index] ?? 0, stepMs);
    if (weight === null) return null;
    if (value === null) continue;
    sum += weight * stepMs * value;
    weights += weight * stepMs;
  }
  return weights > 0 ? sum / weights : null;
}
