import { quantileOf, startupBoundsMs, type Browser, type Cell } from '../schemas/index.js';
import { encodeNamePart } from './names.js';

/** Points of one time, by full metric name. */
export type Points = Record<string, number>;

/**
 * Every metric (docs/graphite.md#metrics) of one stream and minute. Bytes and counts are sums of the
 * minute; start-up is absent when nobody started.
 */
export function streamPoints(base: string, cells: readonly Cell[], intervalMs: number): Points {
  const points: Points = {};
  tellStreamPoints(cells, intervalMs, (name, value) => {
    points[base + name] = value;
  });
  return points;
}

/**
 * Tells every point of `streamPoints` once, each by its name after the base: `.viewers`. For 10 000 streams
 * an object with all of their names costs many times what the points themselves do.
 */
export function tellStreamPoints(
  cells: readonly Cell[],
  intervalMs: number,
  tell: (name: string, value: number) => void,
): void {
  const [only] = cells;
  const isOne = cells.length === 1 && only !== undefined;
  if (isOne) tellCellsOfOne(only, tell);
  else tellCellsOfMany(cells, tell);
  const sum = isOne ? only : sumOf(cells);
  tell('.viewers', sum.viewers);
  tell('.viewers_average', sum.watchedMs / intervalMs);
  tell('.bytes.cdn', sum.cdnBytes);
  tell('.bytes.p2p', sum.peerBytes);
  tell('.bytes.uploaded', sum.uploadedBytes);
  tell('.stalls', sum.stalls);
  const playedMs = sum.watchedMs + sum.stalledMs;
  tell('.stall_ratio', playedMs === 0 ? 0 : sum.stalledMs / playedMs);
  const median = quantileOf(sum.startupHistogram, startupBoundsMs, 0.5);
  if (median === undefined) return;
  tell('.startup_ms.p50', median);
  tell('.startup_ms.p95', quantileOf(sum.startupHistogram, startupBoundsMs, 0.95) ?? median);
}

/** A quantile has no zero: when nobody started there's nothing to tell. */
export function fallsToZero(metric: string): boolean {
  return !/\.startup_ms\.p\d+$/.test(metric);
}

function tellCellsOfOne(cell: Cell, tell: (name: string, value: number) => void): void {
  const names = qualityNames(cell.quality);
  tell(names.viewers, cell.viewers);
  tell(`.browsers.${cell.browser}`, cell.viewers);
  tell(browserName(names, cell.browser), cell.viewers);
  tell(names.cdnBytes, cell.cdnBytes);
  tell(names.peerBytes, cell.peerBytes);
}

function tellCellsOfMany(
  cells: readonly Cell[],
  tell: (name: string, value: number) => void,
): void {
  const sums = new Map<string, number>();
  const add = (name: string, value: number): void => {
    sums.set(name, (sums.get(name) ?? 0) + value);
  };
  for (const cell of cells) tellCellsOfOne(cell, add);
  for (const [name, value] of sums) tell(name, value);
}

type Sum = Pick<
  Cell,
  | 'viewers'
  | 'watchedMs'
  | 'stalledMs'
  | 'stalls'
  | 'cdnBytes'
  | 'peerBytes'
  | 'uploadedBytes'
  | 'startupHistogram'
>;

function sumOf(cells: readonly Cell[]): Sum {
  const startupHistogram = new Array<number>(startupBoundsMs.length + 1).fill(0);
  const sum: Sum = {
    viewers: 0,
    watchedMs: 0,
    stalledMs: 0,
    stalls: 0,
    cdnBytes: 0,
    peerBytes: 0,
    uploadedBytes: 0,
    startupHistogram,
  };
  for (const cell of cells) {
    sum.viewers += cell.viewers;
    sum.watchedMs += cell.watchedMs;
    sum.stalledMs += cell.stalledMs;
    sum.stalls += cell.stalls;
    sum.cdnBytes += cell.cdnBytes;
    sum.peerBytes += cell.peerBytes;
    sum.uploadedBytes += cell.uploadedBytes;
    for (let bucket = 0; bucket < startupHistogram.length; bucket += 1) {
      startupHistogram[bucket] =
        (startupHistogram[bucket] ?? 0) + (cell.startupHistogram[bucket] ?? 0);
    }
  }
  return sum;
}

/** A quality's metrics, made once: the same few qualities come again and again. */
interface QualityNames {
  readonly part: string;
  readonly viewers: string;
  readonly cdnBytes: string;
  readonly peerBytes: string;
  readonly byBrowser: Map<Browser, string>;
}

/** Streams may name their renditions as they like: past so many different ones all are forgotten. */
const rememberedQualitiesMax = 4_096;
const remembered = new Map<string, QualityNames>();

function qualityNames(quality: string): QualityNames {
  let names = remembered.get(quality);
  if (names === undefined) {
    const part = encodeNamePart(quality);
    names = {
      part,
      viewers: `.viewers_by_quality.${part}`,
      cdnBytes: `.bytes_by_quality.${part}.cdn`,
      peerBytes: `.bytes_by_quality.${part}.p2p`,
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
