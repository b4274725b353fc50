/**
 * The largest sum, and the largest long that avsc reads and writes. A sum that would be larger
 * stands as this, and means at least that: adding so is commutative and associative for numbers of
 * 0 or more, so a cell stays a function of the log (docs/exactness.md#sums-stay-in-range).
 */
export const sumMax = Number.MAX_SAFE_INTEGER - 1;

/** A sum of numbers of 0 or more, within its range. */
export function saturated(sum: number): number {
  return sum < sumMax ? sum : sumMax;
}
