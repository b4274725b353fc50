import type { FacetColumns, FacetValue } from '../../schemas/index.js';

const noNumbers = new Int32Array(0);

/** The facets' values that one minute has, numbered from 0 as they come. */
export class FacetValues {
  readonly #byFacet = new Map<string, Map<string, number>>();
  readonly #values: FacetValue[] = [];
  /** The values of the batch that was numbered last, by their places in it. */
  #numbers = noNumbers;
  #batch = -1;

  /**
   * The numbers of a batch's values, by their places. `batch` tells batches apart: one is read as
   * often as it has runs of announces of this minute.
   */
  numbersOf({ facets, values, valueCount }: FacetColumns, batch: number): Int32Array {
    if (batch === this.#batch) return this.#numbers;
    if (valueCount > this.#numbers.length) this.#numbers = new Int32Array(2 * valueCount);
    for (let place = 0; place < valueCount; place += 1) {
      this.#numbers[place] = this.#numberOf(facets[place] ?? '', values[place] ?? '');
    }
    this.#batch = batch;
    return this.#numbers;
  }

  value(number: number): FacetValue {
    return this.#values[number] ?? { facet: '', value: '' };
  }

  #numberOf(facet: string, value: string): number {
    let ofFacet = this.#byFacet.get(facet);
    if (ofFacet === undefined) {
      ofFacet = new Map();
      this.#byFacet.set(facet, ofFacet);
    }
    let number = ofFacet.get(value);
    if (number === undefined) {
      number = this.#values.length;
      ofFacet.set(value, number);
      this.#values.push({ facet, value });
    }
    return number;
  }
}
