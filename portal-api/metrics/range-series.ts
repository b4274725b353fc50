import { decodeNamePart } from '../../graphite/index.js';
import { bounded } from './at-least.js';
import {
  addsUp,
  figureNames,
  figureTable,
  kindNames,
  kindsOf,
  type FigureName,
  type KindName,
  type kindTable,
} from './figure-table.js';
import { ratioOfSums, ratiosOf, type RatioName } from './ratio-parts.js';
import type { MetricValues, Values } from './step-values.js';

type Kind<Name extends KindName> = (typeof kindTable)[Name]['kinds'][number];

/** Every figure of a subject, a value for each step. */
export type RangeSeries = Record<FigureName, Values> & {
  readonly [Name in KindName]: Record<Kind<Name>, Values>;
} & {
  readonly viewersByQuality: Record<string, Values>;
  readonly browsers: Record<string, Values>;
  readonly browsersByQuality: Record<string, Record<string, Values>>;
  readonly bytesByQuality: Record<string, { cdnBytes: Values; peerBytes: Values }>;
};

export type SeriesName = keyof RangeSeries;

const ofViewers: readonly string[] = [
  'viewersByQuality',
  'browsers',
  'browsersByQuality',
] satisfies readonly SeriesName[];

/**
 * By how much the sums were divided that the values of a series are made of, of steps so long; 0:
 * they are made of none.
 */
export function divisorOf(name: string, stepMs: number, intervalMs: number): number {
  if (name === 'viewersAverage') return stepMs;
  const figure = figureNames.find((known) => known === name);
  const fold = figure === undefined ? undefined : figureTable[figure].fold;
  if (fold === 'mean' || ofViewers.includes(name)) return stepMs / intervalMs;
  return fold === undefined || addsUp(fold) ? 1 : 0;
}

/** All series of a subject in steps, side by side; of those that weren't read no values. */
export function rangeSeries(
  values: MetricValues,
  stepMs: number,
  read?: ReadonlySet<SeriesName>,
): RangeSeries {
  const isRead = (name: SeriesName): boolean => read?.has(name) ?? true;
  const singles = Object.fromEntries(
    figureNames.map((name) => {
      return [name, isRead(name) ? figureValues(values, name, stepMs) : []];
    }),
  ) as Record<FigureName, Values>;
  const kinds = Object.fromEntries(
    kindNames.map((name) => {
      const { kinds: ofName } = kindsOf(name);
      const { metrics, witness } = kindMetrics(name);
      const ofKinds = isRead(name) ? values.ofKinds(metrics, witness) : [];
      return [name, Object.fromEntries(ofName.map((kind, at) => [kind, ofKinds[at] ?? []]))];
    }),
  ) as { [Name in KindName]: Record<Kind<Name>, Values> };
  return { ...singles, ...kinds, ...namedSeries(values) };
}

function figureValues(values: MetricValues, name: FigureName, stepMs: number): Values {
  const { metric, fold } = figureTable[name];
  if (isRatio(name)) {
    const ratios = ratiosOf(name, (part, as) => values.of(part, as), stepMs);
    return ratios.map((ratio) => ratioOfSums([ratio]));
  }
  const told = values.of(metric, fold);
  if (fold !== 'part') return told;
  return told.map((value) => (value === null ? null : bounded(value)));
}

function isRatio(name: FigureName): name is RatioName {
  return figureTable[name].fold === 'ratio';
}

/** The metrics of a few kinds, and that which is told wherever one of them is. */
export function kindMetrics(name: KindName) {
  const { metric, kinds, toldWith } = kindsOf(name);
  return {
    metrics: kinds.map((kind) => `${metric}.${kind}`),
    witness: toldWith && figureTable[toldWith].metric,
  };
}

/** How a metric is folded that is named by publishers and browsers; undefined: it is another. */
export function namedFold(metric: string): 'sum' | 'mean' | undefined {
  const group = metric.slice(0, metric.indexOf('.'));
  if (group === 'bytes_by_quality') return 'sum';
  return viewersByName.has(group) ? 'mean' : undefined;
}

const viewersByName: ReadonlySet<string> = new Set([
  'viewers_by_quality',
  'browsers',
  'browsers_by_quality',
]);

/** By names that publishers choose, `__proto__` among them. */
function byName<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

function namedSeries(
  values: MetricValues,
): Pick<RangeSeries, 'viewersByQuality' | 'browsers' | 'browsersByQuality' | 'bytesByQuality'> {
  const viewersByQuality = byName<Values>();
  const browsers = byName<Values>();
  const browsersByQuality = byName<Record<string, Values>>();
  const bytesByQuality = byName<{ cdnBytes: Values; peerBytes: Values }>();
  for (const name of values.names()) {
    const [group, first, second] = name.split('.').map(decodeNamePart);
    if (first === undefined) continue;
    if (group === 'viewers_by_quality') viewersByQuality[first] = values.of(name, 'mean');
    if (group === 'browsers') browsers[first] = values.of(name, 'mean');
    if (group === 'browsers_by_quality' && second !== undefined) {
      (browsersByQuality[first] ??= byName())[second] = values.of(name, 'mean');
    }
    if (group === 'bytes_by_quality' && second !== undefined) {
      const start = name.slice(0, name.lastIndexOf('.'));
      bytesByQuality[first] ??= {
        cdnBytes: values.of(`${start}.cdn`, 'sum'),
        peerBytes: values.of(`${start}.p2p`, 'sum'),
      };
    }
  }
  return { viewersByQuality, browsers, browsersByQuality, bytesByQuality };
}
