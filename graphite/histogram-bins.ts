import { counterOf, histogramNames, saturated } from '../schemas/index.js';

/**
 * Histograms as Graphite has them: a count for each of a few wide buckets, named as statsd names
 * them. Here are their sums by place, which are looked at for every stream and minute.
 */
interface Bin {
  readonly metric: string;
  /** The places of the narrow buckets that it is the union of. */
  readonly firstPlace: number;
  readonly endPlace: number;
}

const bins: readonly Bin[] = histogramNames.flatMap((name) => {
  const { place, metric = '', boundsMs = [], binBoundsMs } = counterOf(name);
  if (binBoundsMs === undefined) return [];
  const ends = [...binBoundsMs.map((bound) => boundsMs.indexOf(bound)), boundsMs.length];
  return ends.map((end, index) => ({
    metric: `${metric}.histogram.bin_${binBoundsMs[index] ?? 'inf'}`,
    firstPlace: place + (ends[index - 1] ?? -1) + 1,
    endPlace: place + end + 1,
  }));
});

type Tell = (name: string, value: number) => void;

/** Tells of the buckets that have something. */
export function tellBins(sums: Float64Array, tell: Tell): void {
  for (const bin of bins) {
    const count = countIn(sums, bin);
    if (count > 0) tell(bin.metric, count);
  }
}

/** Tells as 0 the buckets that had something before and have nothing now. */
export function tellFallenBins(sums: Float64Array, before: Float64Array, tell: Tell): void {
  for (const bin of bins) {
    if (countIn(before, bin) > 0 && countIn(sums, bin) === 0) tell(bin.metric, 0);
  }
}

function countIn(sums: Float64Array, { firstPlace, endPlace }: Bin): number {
  let count = 0;
  for (let place = firstPlace; place < endPlace; place += 1) count += sums[place] ?? 0;
  return saturated(count);
}
