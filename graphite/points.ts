import {
  countAt,
  counterOf,
  counterTable,
  CountsSum,
  histogramNames,
  quantileOf,
  saturated,
  sumNames,
  type Browser,
  type Cell,
} from '../schemas/index.js';
import { tellBins, tellFallenBins } from './histogram-bins.js';
import { encodeNamePart } from './names.js';

/** Points of one time, by full metric name. */
export type Points = Record<string, number>;

/** Takes a metric's name, or the end of it, and its value. */
export type Tell = (name: string, value: number) => void;

/** Histograms of which quantiles are told. */
const quantileMetrics = histogramNames.flatMap((name) => {
  const { place, metric, boundsMs } = counterOf(name);
  return metric === undefined || boundsMs === undefined ? [] : [{ place, metric, boundsMs }];
});

/** What is told of sums, by their places. */
interface SumMetric {
  readonly metric: string;
  /** Told only where it isn't 0. */
  readonly isSparse: boolean;
  readonly valueOf: (sums: Float64Array) => number;
}

const errorsPlace = counterTable.errors.place;
const kindPlaces = [
  counterTable.errorsNetwork.place,
  counterTable.errorsMedia.place,
  counterTable.errorsDrm.place,
  counterTable.errorsPlayer.place,
];

/** What is left of the errors: a sum that saturated may be less than its parts. */
function otherErrors(sums: Float64Array): number {
  const ofKinds = kindPlaces.reduce((before, place) => before + (sums[place] ?? 0), 0);
  return Math.max((sums[errorsPlace] ?? 0) - ofKinds, 0);
}

/**
 * Counters that are told as they are, those that are 0 of most streams only where they aren't; and
 * the errors of no told kind.
 */
const sumMetrics: readonly SumMetric[] = [
  ...sumNames.flatMap((name): SumMetric[] => {
    const { place, metric, isSparse, isSecond } = counterOf(name);
    if (metric === undefined) return [];
    const isRare = isSparse === true || isSecond === true;
    return [{ metric, isSparse: isRare, valueOf: (sums) => sums[place] ?? 0 }];
  }),
  { metric: '.errors.other', isSparse: true, valueOf: otherErrors },
];
const sparseMetrics = sumMetrics.filter(({ isSparse }) => isSparse);

/** Counters that are told of each quality, and what stands before and after its name. */
const qualityMetrics = sumNames.flatMap((name) => {
  const { place, qualityMetric } = counterOf(name);
  return qualityMetric === undefined ? [] : [{ place, qualityMetric }];
});

const bitrateMetric = '.bitrate_kbps';
const viewersPlace = counterTable.viewers.place;

/**
 * Every metric (docs/graphite.md#metrics) of one stream and minute. Bytes and counts are sums of
 * the minute; start-up is absent when nobody started.
 */
export function streamPoints(base: string, cells: readonly Cell[], intervalMs: number): Points {
  const points: Points = {};
  tellStreamPoints(cells, intervalMs, (name, value) => {
    points[base + name] = value;
  });
  return points;
}

/**
 * Tells every point of `streamPoints` once, each by its name after the base: `.viewers`. For 10 000
 * streams an object with all of their names costs many times what the points themselves do.
 */
export function tellStreamPoints(cells: readonly Cell[], intervalMs: number, tell: Tell): void {
  const [only] = cells;
  if (cells.length === 1 && only !== undefined) tellOfCell(only, tell);
  else tellOfCells(cells, tell);
  tellSums(cells, intervalMs, tell);
  tellBins(sum.sums, tell);
}

/**
 * Of what is counted there the points that aren't of a quality, browser or bucket: all that
 * Graphite has of a facet's value.
 */
export function tellSums(
  cells: readonly Pick<Cell, 'counts'>[],
  intervalMs: number,
  tell: Tell,
): void {
  addUp(sum, cells);
  for (const { metric, valueOf, isSparse } of sumMetrics) {
    const value = valueOf(sum.sums);
    if (value > 0 || !isSparse) tell(metric, value);
  }
  const watchedMs = sum.sumOf('watchedMs');
  const stalledMs = sum.sumOf('stalledMs');
  tell('.viewers_average', watchedMs / intervalMs);
  tell('.stall_ratio', stalledMs === 0 ? 0 : stalledMs / (watchedMs + stalledMs));
  const bitrateMs = sum.sumOf('playedBitrateMs');
  if (bitrateMs > 0) tell(bitrateMetric, sum.sumOf('playedBits') / bitrateMs);
  for (const { place, metric, boundsMs } of quantileMetrics) {
    const median = quantileOf(sum.sums, boundsMs, 0.5, place);
    if (median === undefined) continue;
    tell(`${metric}.p50`, median);
    tell(`${metric}.p95`, quantileOf(sum.sums, boundsMs, 0.95, place) ?? median);
  }
}

const sum = new CountsSum();
const sumBefore = new CountsSum();

/** True: each of the cells before is there. */
export function hasCellsOf(cells: readonly Cell[], before: readonly Cell[]): boolean {
  return before.every(({ quality, browser }) =>
    cells.some((cell) => cell.quality === quality && cell.browser === browser),
  );
}

/**
 * Tells as 0 what is told of the cells before and isn't of these, where these have all of them:
 * sums and buckets that are told only where they aren't 0.
 */
export function tellFallen(cells: readonly Cell[], before: readonly Cell[], tell: Tell): void {
  addUp(sum, cells);
  addUp(sumBefore, before);
  for (const { metric, valueOf } of sparseMetrics) {
    if (valueOf(sumBefore.sums) !== 0 && valueOf(sum.sums) === 0) tell(metric, 0);
  }
  tellFallenBins(sum.sums, sumBefore.sums, tell);
}

function addUp(into: CountsSum, cells: readonly Pick<Cell, 'counts'>[]): void {
  into.clear();
  for (const { counts } of cells) into.add(counts);
}

/** A quantile or mean has no zero: when nobody started there's nothing to tell. */
export function fallsToZero(name: string): boolean {
  if (name.endsWith(bitrateMetric)) return false;
  return !quantileMetrics.some(
    ({ metric }) => name.endsWith(`${metric}.p50`) || name.endsWith(`${metric}.p95`),
  );
}

function tellOfCell({ quality, browser, counts }: Cell, tell: Tell): void {
  const names = qualityNames(quality);
  const viewers = countAt(counts, viewersPlace);
  tell(`.browsers.${browser}`, viewers);
  tell(browserName(names, browser), viewers);
  for (const [index, { place }] of qualityMetrics.entries()) {
    tell(names.sums[index] ?? '', countAt(counts, place));
  }
}

function tellOfCells(cells: readonly Cell[], tell: Tell): void {
  const sums = new Map<string, number>();
  const add = (name: string, value: number): void => {
    sums.set(name, saturated((sums.get(name) ?? 0) + value));
  };
  for (const cell of cells) tellOfCell(cell, add);
  for (const [name, value] of sums) tell(name, value);
}

/** A quality's metrics, made once: the same few qualities come again and again. */
interface QualityNames {
  readonly part: string;
  /** In the order of `qualityMetrics`. */
  readonly sums: readonly string[];
  readonly byBrowser: Map<Browser, string>;
}

/**
 * Streams may name their renditions as they like: past so many different ones all are forgotten.
 */
const rememberedQualitiesMax = 4_096;
const remembered = new Map<string, QualityNames>();

function qualityNames(quality: string): QualityNames {
  let names = remembered.get(quality);
  if (names === undefined) {
    const part = encodeNamePart(quality);
    names = {
      part,
      sums: qualityMetrics.map(({ qualityMetric: [before, after] }) => before + part + after),
      byBrowser: new Map(),
    };
    if (remembered.size >= rememberedQualitiesMax) remembered.clear();
    remembered.set(quality, names);
  }
  return names;
}

function browserName(names: QualityNames, browser: Browser): string {
  let name = names.byBrowser.get(browser);
  if (name === undefined) {
    name = `.browsers_by_quality.${names.part}.${browser}`;
    names.byBrowser.set(browser, name);
  }
  return name;
}
