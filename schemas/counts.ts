import {
  counterNames,
  counterOf,
  type CounterName,
  type Counters,
  type SumName,
} from './counter-table.js';
import { emptyHistogram } from './histograms.js';
import type { Cell, Counts, PlainCell } from './records.js';
import { saturated, sumMax } from './saturation.js';

/** Places are below this, those of later versions too. */
export const placesMax = 256;

/** How many places a counter has: one, or one for each bucket. */
export function placesOf(name: CounterName): number {
  const { boundsMs } = counterOf(name);
  return boundsMs === undefined ? 1 : boundsMs.length + 1;
}

/** What is counted at a place. */
export function countAt(counts: Counts, place: number): number {
  for (let at = 0; at < counts.length; at += 2) {
    if (counts[at] === place) return counts[at + 1] ?? 0;
  }
  return 0;
}

/** Why these, or those before `end`, are no counts; undefined when they are. */
export function countsError(counts: Counts, end = counts.length): string | undefined {
  if (end % 2 !== 0) return 'a place without a count';
  let before = -1;
  for (let at = 0; at < end; at += 2) {
    const place = counts[at] ?? -1;
    if (place <= before || place >= placesMax) return `place ${place} out of order or bounds`;
    if ((counts[at + 1] ?? -1) < 0) return `the count at place ${place} out of bounds`;
    before = place;
  }
  return undefined;
}

/** True: at least one of the counters would be larger than it can be. */
export function isSaturated({ counts }: Pick<Cell, 'counts'>): boolean {
  for (let at = 1; at < counts.length; at += 2) if ((counts[at] ?? 0) >= sumMax) return true;
  return false;
}

/** Counts that are made, to be copied at their length: arrays that grow leave much behind. */
const madeCounts = Array.from({ length: 2 * placesMax }, () => 0.5);

/** Adds counts up, each sum within its range. Made once and used again and again. */
export class CountsSum {
  /** By place. */
  readonly sums = new Float64Array(placesMax);
  /** Above all places that have something. */
  #end = 0;

  /** Adds counts, or those that stand from `from` to `to` (exclusive) among others. */
  add(counts: ArrayLike<number>, from = 0, to = counts.length): void {
    const { sums } = this;
    let place = -1;
    for (let at = from; at < to; at += 2) {
      place = counts[at] ?? 0;
      sums[place] = saturated((sums[place] ?? 0) + (counts[at + 1] ?? 0));
    }
    if (place >= this.#end) this.#end = place + 1;
  }

  sumOf(name: SumName): number {
    return this.sums[counterOf(name).place] ?? 0;
  }

  counts(): Counts {
    const { sums } = this;
    let end = 0;
    for (let place = 0; place < this.#end; place += 1) {
      const count = sums[place] ?? 0;
      if (count === 0) continue;
      madeCounts[end++] = place;
      madeCounts[end++] = count;
    }
    return madeCounts.slice(0, end);
  }

  clear(): void {
    this.sums.fill(0, 0, this.#end);
    this.#end = 0;
  }
}

/** All counters by their names. */
export function countersOf(counts: Counts): Counters {
  const entries = counterNames.map((name) => {
    const { place, boundsMs } = counterOf(name);
    if (boundsMs === undefined) return [name, countAt(counts, place)];
    return [name, emptyHistogram(boundsMs).map((_, bucket) => countAt(counts, place + bucket))];
  });
  return Object.fromEntries(entries) as Counters;
}

/** The counts of counters by their names. */
export function countsOf(counters: Readonly<Counters>): Counts {
  const counts: (readonly [place: number, count: number])[] = [];
  for (const name of counterNames) {
    const { place } = counterOf(name);
    const value: number | readonly number[] = counters[name];
    const values = typeof value === 'number' ? [value] : value;
    for (const [bucket, count] of values.entries()) {
      if (count !== 0) counts.push([place + bucket, count]);
    }
  }
  return counts.sort(([left], [right]) => left - right).flat();
}

/** The same cell, its counters by their names. */
export function plainCellOf({ quality, browser, counts }: Cell): PlainCell {
  return { quality, browser, ...countersOf(counts) };
}

export function cellOf(plain: Readonly<PlainCell>): Cell {
  return { quality: plain.quality, browser: plain.browser, counts: countsOf(plain) };
}
