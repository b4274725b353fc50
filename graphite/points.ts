import {
  additionOf,
  counterNames,
  counterOf,
  emptyCounters,
  histogramNames,
  quantileOf,
  saturated,
  sumNames,
  writtenFunction,
  type Browser,
  type Cell,
  type Counters,
} from '../schemas/index.js';
import { encodeNamePart } from './names.js';

/** Points of one time, by full metric name. */
export type Points = Record<string, number>;

type Tell = (name: string, value: number) => void;

/** Histograms of which quantiles are told. */
const quantileMetrics = histogramNames.flatMap((name) => {
  const { metric, boundsMs } = counterOf(name);
  return metric === undefined || boundsMs === undefined ? [] : [{ name, metric, boundsMs }];
});

/** Counters that are told as they are. */
const sumMetrics = sumNames.flatMap((name) => {
  const { metric } = counterOf(name);
  return metric === undefined ? [] : [`tell('${metric}', sum.${name});`];
});
const tellSums = writtenFunction(
  `return function tellSums(sum, tell) { ${sumMetrics.join(' ')} };`,
) as (sum: Counters, tell: Tell) => void;

/** Counters that are told of each quality, and what stands before and after its name. */
const qualityMetrics = counterNames.flatMap((name) => {
  const { qualityMetric } = counterOf(name);
  return qualityMetric === undefined ? [] : [{ name, qualityMetric }];
});
const tellOfQuality = writtenFunction(
  `return function tellOfQuality(cell, names, tell) {
    ${qualityMetrics.map(({ name }, index) => `tell(names[${index}], cell.${name});`).join(' ')}
  };`,
) as (cell: Cell, names: readonly string[], tell: Tell) => void;

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
  const isOne = cells.length === 1 && only !== undefined;
  if (isOne) tellCellsOfOne(only, tell);
  else tellCellsOfMany(cells, tell);
  const sum = isOne ? only : sumOf(cells);
  tellSums(sum, tell);
  tell('.viewers_average', sum.watchedMs / intervalMs);
  const playedMs = sum.watchedMs + sum.stalledMs;
  tell('.stall_ratio', playedMs === 0 ? 0 : sum.stalledMs / playedMs);
  for (const { name, metric, boundsMs } of quantileMetrics) {
    const median = quantileOf(sum[name], boundsMs, 0.5);
    if (median === undefined) continue;
    tell(`${metric}.p50`, median);
    tell(`${metric}.p95`, quantileOf(sum[name], boundsMs, 0.95) ?? median);
  }
}

/** A quantile has no zero: when nobody started there's nothing to tell. */
export function fallsToZero(name: string): boolean {
  return !quantileMetrics.some(
    ({ metric }) => name.endsWith(`${metric}.p50`) || name.endsWith(`${metric}.p95`),
  );
}

function tellCellsOfOne(cell: Cell, tell: Tell): void {
  const names = qualityNames(cell.quality);
  tell(`.browsers.${cell.browser}`, cell.viewers);
  tell(browserName(names, cell.browser), cell.viewers);
  tellOfQuality(cell, names.sums, tell);
}

function tellCellsOfMany(cells: readonly Cell[], tell: Tell): void {
  const sums = new Map<string, number>();
  const add = (name: string, value: number): void => {
    sums.set(name, saturated((sums.get(name) ?? 0) + value));
  };
  for (const cell of cells) tellCellsOfOne(cell, add);
  for (const [name, value] of sums) tell(name, value);
}

/** What any point is made of: the rest is not added up. */
const addTold = additionOf(
  counterNames.filter(
    (name) => name === 'watchedMs' || name === 'stalledMs' || counterOf(name).metric !== undefined,
  ),
);

function sumOf(cells: readonly Cell[]): Counters {
  const sum = emptyCounters();
  for (const cell of cells) addTold(sum, cell);
  return sum;
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
