import { counterNames, counterOf, type CounterName, type Counters } from './counter-table.js';
import type { Browser, Cell } from './records.js';
import { saturated } from './saturation.js';
import { writtenFunction } from './written-function.js';

/** A source of one object: every counter by its name, with what `valueOf` says. */
export function counterFields(valueOf: (name: CounterName) => string): string {
  return counterNames.map((name) => `${name}: ${valueOf(name)}`).join(', ');
}

const zeros = counterFields((name) => {
  const { boundsMs } = counterOf(name);
  return boundsMs === undefined ? '0' : `new Array(${boundsMs.length + 1}).fill(0)`;
});

export const emptyCounters = writtenFunction(`return () => ({ ${zeros} });`) as () => Counters;

export const emptyCell = writtenFunction(
  `return (quality, browser) => ({ quality, browser, ${zeros} });`,
) as (quality: string, browser: Browser) => Cell;

const copies = counterFields((name) =>
  counterOf(name).boundsMs === undefined ? `cell.${name}` : `cell.${name}.slice()`,
);

/** A cell of its own with the same counters. */
export const copyCell = writtenFunction(
  `return (cell) => ({ quality: cell.quality, browser: cell.browser, ${copies} });`,
) as (cell: Cell) => Cell;

/**
 * What adds up these counters, histograms bucket by bucket, within their range, and leaves the
 * others.
 */
export function additionOf(
  names: readonly CounterName[],
): (sum: Counters, counters: Counters) => void {
  const additions = names.map((name) =>
    counterOf(name).boundsMs === undefined
      ? `sum.${name} = saturated(sum.${name} + counters.${name});`
      : `to = sum.${name}; from = counters.${name};
        for (let bucket = 0; bucket < from.length; bucket += 1) {
          if (from[bucket] > 0) to[bucket] = saturated(to[bucket] + from[bucket]);
        }`,
  );
  return writtenFunction(
    `return function add(sum, counters) { let to, from; ${additions.join('\n')} };`,
    { saturated },
  ) as (sum: Counters, counters: Counters) => void;
}

/** Adds counters up. */
export const addCounters = additionOf(counterNames);

/** Adds to one bucket of a histogram. */
export function addToBucket(histogram: number[], bucket: number, count: number): void {
  histogram[bucket] = saturated((histogram[bucket] ?? 0) + count);
}
