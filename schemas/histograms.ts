/**
 * Fixed-bucket histograms: bucket i counts values ≤ bounds[i] and above bounds[i−1]; one more
 * bucket, the last, counts what is above all. Fixed, so that histograms of any cells add up.
 */
export const startupBoundsMs: readonly number[] = [
  50, 100, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 7_500, 10_000, 15_000,
  20_000, 30_000, 60_000,
];

/** The buckets in which Graphite has start-ups: each is a union of those above. */
export const startupBinBoundsMs: readonly number[] = [
  500, 1_000, 2_000, 3_000, 5_000, 10_000, 30_000,
];

export const stallBoundsMs: readonly number[] = [
  100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 30_000, 60_000,
];

/** The delay behind the live edge: from low-latency streams to those who went back in a DVR. */
export const latencyBoundsMs: readonly number[] = [
  500, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000, 12_500, 15_000, 20_000,
  25_000, 30_000, 45_000, 60_000, 120_000, 600_000, 3_600_000,
];

/** The bucket that a value falls into, 0 … bounds.length. */
export function bucketOf(value: number, bounds: readonly number[]): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (bounds[middle] ?? Infinity)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function emptyHistogram(bounds: readonly number[]): number[] {
  return new Array<number>(bounds.length + 1).fill(0);
}

/**
 * The value below which a share `quantile` (0 … 1) of what was counted lies, linear within its
 * bucket; undefined when nothing was counted. Above the last bound: the last bound. `start`: where
 * the histogram begins.
 */
export function quantileOf(
  histogram: ArrayLike<number>,
  bounds: readonly number[],
  quantile: number,
  start = 0,
): number | undefined {
  const buckets = bounds.length + 1;
  let total = 0;
  for (let bucket = 0; bucket < buckets; bucket += 1) total += histogram[start + bucket] ?? 0;
  if (total === 0) return undefined;
  const rank = quantile * total;
  let below = 0;
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const count = histogram[start + bucket] ?? 0;
    if (count > 0 && below + count >= rank) {
      const lower = bucket === 0 ? 0 : (bounds[bucket - 1] ?? 0);
      const upper = bounds[bucket] ?? lower;
      return lower + ((upper - lower) * Math.max(0, rank - below)) / count;
    }
    below += count;
  }
  return bounds.at(-1);
}
