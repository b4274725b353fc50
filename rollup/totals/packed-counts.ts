import type { Counts, CountsSum } from '../../schemas/index.js';

/** Counts that are unpacked, to be copied at their length: arrays that grow leave much behind. */
const unpacked: number[] = [];

/**
 * What is counted under two texts each, all counts in one array: stage 2 keeps those of many
 * partials for minutes, and of a heap of so many small arrays the collector would look through
 * all again and again.
 */
export class PackedCounts<Second extends string = string> {
  /** Where the counts of each end, and behind these all counts. */
  readonly #words: Float64Array;

  constructor(
    counted: readonly { readonly counts: Counts }[],
    readonly firsts: readonly string[],
    readonly seconds: readonly Second[],
  ) {
    const length = counted.reduce((sum, { counts }) => sum + counts.length, counted.length);
    const words = new Float64Array(length);
    let end = counted.length;
    for (let index = 0; index < counted.length; index += 1) {
      const counts = counted[index]?.counts ?? [];
      for (let at = 0; at < counts.length; at += 1) words[end + at] = counts[at] ?? 0;
      end += counts.length;
      words[index] = end;
    }
    this.#words = words;
  }

  get length(): number {
    return this.firsts.length;
  }

  counts(index: number): Counts {
    const words = this.#words;
    const begin = this.#begin(index);
    const length = (words[index] ?? 0) - begin;
    for (let at = 0; at < length; at += 1) unpacked[at] = words[begin + at] ?? 0;
    return unpacked.slice(0, length);
  }

  addTo(sum: CountsSum, index: number): void {
    sum.add(this.#words, this.#begin(index), this.#words[index]);
  }

  #begin(index: number): number {
    return index === 0 ? this.firsts.length : (this.#words[index - 1] ?? 0);
  }
}
