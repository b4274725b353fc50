import { allTargets } from '../../graphite/index.js';
import { figureNames, figureTable, kindNames, kindsOf } from './figure-table.js';
import type { RangeSeries, SeriesName } from './range-series.js';

/** Some of a subject's series, or all of them: `undefined`. */
export type SeriesChoice = ReadonlySet<SeriesName> | undefined;

/** Where in Graphite each series is, below its subject's base. */
const metricsOf = Object.fromEntries([
  ...figureNames.map((name) => [name, figureTable[name].metric]),
  ...kindNames.map((name) => [name, `${kindsOf(name).metric}.*`]),
  ['viewersByQuality', 'viewers_by_quality.*'],
  ['browsers', 'browsers.*'],
  ['browsersByQuality', 'browsers_by_quality.*.*'],
  ['bytesByQuality', 'bytes_by_quality.*.*'],
]) as Readonly<Record<SeriesName, string>>;

/** The state of a subject follows from its viewers, and means are weighted by them. */
const alwaysRead: readonly SeriesName[] = ['viewers', 'viewersAverage'];

export const seriesNames = Object.keys(metricsOf) as readonly SeriesName[];

/** A choice, and what has to be read besides. */
export function readFor(choice: SeriesChoice): SeriesChoice {
  if (choice === undefined) return undefined;
  const beside = kindNames.flatMap((name) => {
    const { toldWith } = kindsOf(name);
    return toldWith !== undefined && choice.has(name) ? [toldWith] : [];
  });
  return new Set([...alwaysRead, ...beside, ...choice]);
}

/** The targets of what is read below a base. */
export function targetsOf(base: string, read: SeriesChoice): string[] {
  if (read === undefined) return allTargets(base);
  return [...read].map((name) => `${base}.${metricsOf[name]}`);
}

/** The chosen series alone. */
export function chosenOf(series: RangeSeries, choice: SeriesChoice): Partial<RangeSeries> {
  if (choice === undefined) return series;
  return Object.fromEntries([...choice].map((name) => [name, series[name]]));
}
