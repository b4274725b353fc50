import { counterNames, counterOf, type CounterName, type Counters } from './counter-table.js';
import type { Browser, Cell } from './records.js';
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

const additions = counterNames.map((name) =>
  counterOf(name).boundsMs === undefined
    ? `sum.${name} += counters.${name};`
    : `addHistogram(sum.${name}, counters.${name});`,
);

/** Adds counters up, bucket by bucket where they are histograms. */
export const addCounters = writtenFunction(
  `return function addCounters(sum, counters) { ${additions.join(' ')} };`,
  { addHistogram },
) as (sum: Counters, counters: Counters) => void;

function addHistogram(sum: number[], histogram: readonly number[]): void {
  for (let bucket = 0; bucket < histogram.length; bucket += 1) {
    const count = histogram[bucket] ?? 0;
    if (count > 0) addToBucket(sum, bucket, count);
  }
}

/** Adds to one bucket of a histogram. */
export function addToBucket(histogram: number[], bucket: number, count: number): void {
  histogram[bucket] = (histogram[bucket] ?? 0) + count;
}
