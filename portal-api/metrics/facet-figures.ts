import { decodeNamePart, facetBase } from '../../graphite/index.js';
import { weightOf, type Fold } from './figure-table.js';
import type { MetricsReader, MetricsSubject, RangeValues } from './metrics-reader.js';
import { offloadOf } from './offload.js';
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
  'bitrateKbps',
] as const;

/**
 * What a facet's value had in a range: sums, and the mean of viewers; null: not known, or nothing
 * to tell.
 */
export type FacetFigures = { readonly value: string } & Readonly<
  Record<(typeof facetFigureNames)[number], number | null>
>;

/** The metrics below a facet's value that these are made of. */
export const facetMetrics: readonly string[] = [
  'viewers',
  'viewers_average',
  'bytes.cdn',
  'bytes.p2p',
  'views.begun',
  'views.played',
  'starts.failed',
  'playbacks.failed',
  'stalls',
  'stall_ratio',
  'startup_ms.p50',
  'bitrate_kbps',
  'state_ms.starting',
];

export type FacetSubject = MetricsSubject & { readonly stream: string };

/** What was read of all values of a stream's facet: these metrics below each. */
export async function facetValues(
  reader: MetricsReader,
  subject: FacetSubject,
  { facet, metrics }: { readonly facet: string; readonly metrics: readonly string[] },
  steps: Steps,
): Promise<RangeValues & { readonly bases: ReadonlyMap<string, string> }> {
  const start = facetBase(reader.prefix, subject.stream, facet, '');
  const targets = metrics.map((metric) => `${start}*.${metric}`);
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

/** The figures of each value over all of a range, those that most watched first. */
export function facetFigures(
  { valuesOf, steps }: RangeValues,
  bases: ReadonlyMap<string, string>,
): FacetFigures[] {
  return [...bases]
    .map(([value, base]) => figuresOfValue(value, valuesOf(base), steps.stepMs))
    .sort((left, right) => (right.watchedMs ?? 0) - (left.watchedMs ?? 0));
}

function figuresOfValue(value: string, values: StepValues, stepMs: number): FacetFigures {
  const sum = (metric: string): number | null => sumOf(values.of(metric, 'sum'));
  const average = values.of('viewers_average', 'mean');
  const viewers = values.of('viewers', 'mean');
  const typical = (metric: string, fold: Fold): number | null =>
    typicalOf(values.of(metric, fold), fold, { average, viewers });
  const watched = sumOf(average);
  const [cdnBytes, peerBytes] = [sum('bytes.cdn'), sum('bytes.p2p')];
  return {
    value,
    viewers: meanOf(viewers),
    watchedMs: watched === null ? null : watched * stepMs,
    cdnBytes,
    peerBytes,
    offload: offloadOf(cdnBytes, peerBytes),
    viewsBegun: sum('views.begun'),
    viewsPlayed: sum('views.played'),
    startsFailed: sum('starts.failed'),
    playbacksFailed: sum('playbacks.failed'),
    stalls: sum('stalls'),
    stallRatio: typical('stall_ratio', 'ratio'),
    startupP50Ms: typical('startup_ms.p50', 'quantile'),
    bitrateKbps: typical('bitrate_kbps', 'weighted'),
  };
}

function knownOf(values: Values): number[] {
  return values.filter((value) => value !== null);
}

/** Of the steps that are known. */
function sumOf(values: Values): number | null {
  const known = knownOf(values);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: Values): number | null {
  const sum = sumOf(values);
  return sum === null ? null : sum / knownOf(values).length;
}

function typicalOf(
  values: Values,
  fold: Fold,
  { average, viewers }: Readonly<Record<'average' | 'viewers', Values>>,
): number | null {
  let [sum, weights] = [0, 0];
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    const weight = weightOf(fold, value, average[index] ?? 0, viewers[index] ?? 0);
    sum += weight * value;
    weights += weight;
  }
  return weights > 0 ? sum / weights : null;
}
