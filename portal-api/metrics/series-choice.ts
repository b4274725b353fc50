import { allTargets, bracedTargets } from '../../graphite/index.js';
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

/** The state of a subject follows from its viewers, and what was watched is in many figures. */
const alwaysRead: readonly SeriesName[] = ['viewers', 'viewersAverage'];

/** A ratio follows from its parts, and these, of rollups of before, from it. */
const readBeside: Readonly<Partial<Record<SeriesName, readonly SeriesName[]>>> = {
  stallRatio: ['stalledMs'],
  stalledMs: ['stallRatio'],
  bitrateKbps: ['playedBits', 'playedBitrateMs'],
  playedBits: ['bitrateKbps'],
  playedBitrateMs: ['bitrateKbps'],
};

export const seriesNames = Object.keys(metricsOf) as readonly SeriesName[];

/** A choice, and what has to be read besides. */
export function readFor(choice: SeriesChoice): SeriesChoice {
  if (choice === undefined) return undefined;
  const beside = kindNames.flatMap((name) => {
    const { toldWith } = kindsOf(name);
    return toldWith !== undefined && choice.has(name) ? [toldWith] : [];
  });
  const ofRatios = [...choice].flatMap((name) => readBeside[name] ?? []);
  return new Set([...alwaysRead, ...beside, ...ofRatios, ...choice]);
}

/** The same text for the same series. */
export function namesOf(choice: SeriesChoice): string {
  return choice === undefined ? 'all' : [...choice].sort().join(',');
}

/** The targets of what is read below a base. */
export function targetsOf(base: string, read: SeriesChoice): string[] {
  if (read === undefined) return allTargets(base);
  return [...read].map((name) => `${base}.${metricsOf[name]}`);
}

/** Few targets that have what is read below a base, or a pattern of bases, and hardly more. */
export function groupTargetsOf(base: string, read: SeriesChoice): string[] {
  if (read === undefined) return allTargets(base);
  return bracedTargets(
    base,
    [...read].map((name) => metricsOf[name]),
  );
}

/** How many series a stream has of what is named by publishers: of four renditions. */
const usualSeries: Readonly<Partial<Record<SeriesName, number>>> = {
  viewersByQuality: 4,
  browsers: 5,
  browsersByQuality: 20,
  bytesByQuality: 8,
};

/** About how many series a stream has of what is read. */
export function usualSeriesOf(read: SeriesChoice): number {
  return [...(read ?? seriesNames)].reduce((count, name) => count + seriesCountOf(name), 0);
}

function seriesCountOf(name: SeriesName): number {
  const kinds = kindNames.find((kind) => kind === name);
  return kinds === undefined ? (usualSeries[name] ?? 1) : kindsOf(kinds).kinds.length;
}

/** The chosen series alone. */
export function chosenOf(series: RangeSeries, choice: SeriesChoice): Partial<RangeSeries> {
  if (choice === undefined) return series;
  return Object.fromEntries([...choice].map((name) => [name, series[name]]));
}
