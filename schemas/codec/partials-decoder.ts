import { browsers } from '../announce-words.js';
import type { Cell, FacetCell, PartialBatch, StreamCells } from '../records.js';
import type { CellFormat } from './cell-formats.js';
import { InternedFacets } from './interned-facets.js';
import { InternedStrings } from './interned-strings.js';
import { readText } from './read-text.js';
import { VarintReader } from './varint-reader.js';

const intMax = 2 ** 31 - 1;

/**
 * Reads batches of partials, of which stage 2 gets all cells of all streams again and again. As
 * with announces: it says yes only where avsc and the bounds say yes, with the same values, and
 * undefined to all else.
 */
export class PartialsDecoder {
  readonly #streams = new InternedStrings(() => true);
  readonly #qualities = new InternedStrings(() => true);
  readonly #facets = new InternedFacets(() => true);
  readonly #numbers = new VarintReader();

  constructor(
    private readonly format: CellFormat,
    private readonly hasFacets: boolean,
  ) {}

  /** `start`: where the body begins. */
  decode(bytes: Uint8Array, start: number): PartialBatch | undefined {
    const numbers = this.#numbers;
    numbers.begin(bytes, start);
    const inputPartition = numbers.whole(intMax);
    const minute = numbers.whole();
    const version = numbers.whole();
    const streams = this.#items(() => this.#stream());
    return !numbers.isBroken && numbers.position === bytes.length
      ? { inputPartition, minute, version, streams }
      : undefined;
  }

  #stream(): StreamCells {
    const stream = readText(this.#numbers, this.#streams);
    const cells = this.#items(() => this.#cell());
    return this.hasFacets
      ? { stream, cells, facets: this.#items(() => this.#facetCell()) }
      : { stream, cells };
  }

  #cell(): Cell {
    const numbers = this.#numbers;
    const quality = readText(numbers, this.#qualities);
    const browser = browsers[numbers.whole(browsers.length - 1)] ?? 'Other';
    return { quality, browser, counts: this.format.read(numbers) };
  }

  #facetCell(): FacetCell {
    const { facet, value } = this.#facets.read(this.#numbers);
    return { facet, value, counts: this.format.read(this.#numbers) };
  }

  /** An array in one block; more than one is valid and not for us. */
  #items<Item>(item: () => Item): Item[] {
    const numbers = this.#numbers;
    const items: Item[] = [];
    const count = numbers.whole(numbers.bytes.length - numbers.position);
    if (count === 0) return items;
    for (let index = 0; index < count && !numbers.isBroken; index += 1) items.push(item());
    numbers.whole(0);
    return items;
  }
}
