import type { FacetColumns, FacetValue } from '../../schemas/index.js';

const noNumbers = new Int32Array(0);

/** The facets' values that one minute has, numbered from 0 as they come. */
export class FacetValues {
  /** By the object that last stood for the value: mostly it is the same in each batch. */
  readonly #byObject = new Map<FacetValue, number>();
  readonly #byText = new Map<string, number>();
  readonly #values: FacetValue[] = [];
  /** The values of the batch that was numbered last, by their places in it. */
  #numbers = noNumbers;
  #batch = -1;

  /**
   * The numbers of a batch's values, by their places. `batch` tells batches apart: one is read as
   * often as it has runs of announces of this minute.
   */
  numbersOf({ values, valueCount }: FacetColumns, batch: number): Int32Array {
    if (batch === this.#batch) return this.#numbers;
    if (valueCount > this.#numbers.length) this.#numbers = new Int32Array(2 * valueCount);
    for (let place = 0; place < valueCount; place += 1) {
      const value = values[place];
      if (value === undefined) continue;
      this.#numbers[place] = this.#byObject.get(value) ?? this.#numberOf(value);
    }
    this.#batch = batch;
    return this.#numbers;
  }

  value(number: number): FacetValue {
    return this.#values[number] ?? { facet: '', value: '' };
  }

  #numberOf(value: FacetValue): number {
    // With the length, two values never share a text.
    const text = `${value.facet.length} ${value.facet} ${value.value}`;
    const known = this.#byText.get(text);
    const number = known ?? this.#values.length;
    if (known === undefined) this.#byText.set(text, number);
    else this.#byObject.delete(this.value(known));
    this.#values[number] = value;
    this.#byObject.set(value, number);
    return number;
  }
}
