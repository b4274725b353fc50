import type { FacetValue } from '../records.js';
import { InternedValues } from './interned-strings.js';
import { VarintReader } from './varint-reader.js';

/** Values of facets by the bytes of both texts: the same object as long as it is kept. */
export class InternedFacets {
  readonly #numbers = new VarintReader();
  readonly #values: InternedValues<FacetValue>;

  constructor(private readonly isAllowed: (value: FacetValue) => boolean) {
    this.#values = new InternedValues((bytes) => this.#decode(bytes));
  }

  /** A facet and its value, two strings; the numbers are broken where it isn't one. */
  read(numbers: VarintReader): FacetValue {
    const { bytes, position: start } = numbers;
    for (let text = 0; text < 2; text += 1) {
      const length = numbers.whole(bytes.length - numbers.position);
      numbers.position += length;
    }
    const end = numbers.position;
    const isPresent = !numbers.isBroken && end <= bytes.length;
    const value = isPresent ? this.#values.read(bytes, start, end) : undefined;
    if (value === undefined) numbers.isBroken = true;
    return value ?? noValue;
  }

  #decode(bytes: Buffer): FacetValue | undefined {
    this.#numbers.begin(bytes, 0);
    const value = { facet: this.#text(bytes), value: this.#text(bytes) };
    return this.isAllowed(value) ? value : undefined;
  }

  #text(bytes: Buffer): string {
    const length = this.#numbers.whole();
    const start = this.#numbers.position;
    this.#numbers.position += length;
    return bytes.toString('utf8', start, start + length);
  }
}

const noValue: FacetValue = { facet: '', value: '' };
