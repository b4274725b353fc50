import { counterNames, counterOf, type Counters } from './counter-table.js';
import { longMax } from './limits.js';
import { writtenFunction } from './written-function.js';

/**
 * The largest sum. One that would be larger stands as this, and means at least that: adding so is
 * commutative and associative for numbers of 0 or more, so a cell stays a function of the log
 * (docs/exactness.md#sums-stay-in-range).
 */
export const sumMax = longMax;

/** A sum of numbers of 0 or more, within its range. */
export function saturated(sum: number): number {
  return sum < sumMax ? sum : sumMax;
}

const atBound = counterNames
  .map((name) =>
    counterOf(name).boundsMs === undefined
      ? `counters.${name} >= ${sumMax}`
      : `counters.${name}.some((count) => count >= ${sumMax})`,
  )
  .join(' || ');

/** True: at least one of the counters would be larger than it can be. */
export const isSaturated = writtenFunction(`return (counters) => ${atBound};`) as (
  counters: Counters,
) => boolean;
