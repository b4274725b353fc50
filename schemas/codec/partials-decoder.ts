import { browsers } from '../announce-words.js';
import type { Cell, FacetCell, PartialBatch, StreamCells } from '../records.js';
import type { CellFormat } from './cell-formats.js';
import { InternedFacets } from './interned-facets.js';
import { InternedStrings } from './interned-strings.js';
import { readText } from './read-text.js';
import { PackedStream, type KeptRecord, type PackedPartials } from './packed-stream.js';
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
    const head = this.#begin(bytes, start);
    const streams = this.#items(() => this.#stream());
    return this.#isWhole() ? { ...head, streams } : undefined;
  }

  /** As `decode`, each stream with what is told of it as it stands in a copy of the bytes. */
  split(bytes: Uint8Array, start: number): PackedPartials | undefined {
    const copy = Uint8Array.prototype.slice.call(bytes);
    const head = this.#begin(copy, start);
    const record = { ...head, bytes: copy, unpacker: this };
    const streams = this.#items(() => this.#packed(record));
    return this.#isWhole() ? { ...head, streams } : undefined;
  }

  /** Cells that `split` has found there. */
  cellsAt(bytes: Uint8Array, position: number): Cell[] {
    this.#numbers.begin(bytes, position);
    return this.#cells();
  }

  /** Facets that `split` has found there. */
  facetsAt(bytes: Uint8Array, position: number): FacetCell[] {
    this.#numbers.begin(bytes, position);
    return this.#facetCells();
  }

  #begin(bytes: Uint8Array, start: number): Omit<PartialBatch, 'streams'> {
    const numbers = this.#numbers;
    numbers.begin(bytes, start);
    const inputPartition = numbers.whole(intMax);
    const minute = numbers.whole();
    const version = numbers.whole();
    return { inputPartition, minute, version };
  }

  #isWhole(): boolean {
    const { isBroken, position, bytes } = this.#numbers;
    return !isBroken && position === bytes.length;
  }

  #packed(record: KeptRecord): PackedStream {
    const numbers = this.#numbers;
    const stream = readText(numbers, this.#streams);
    const cellsFrom = numbers.position;
    const cellCount = this.#eachItem(() => {
      this.#passText();
      numbers.whole(browsers.length - 1);
      this.format.pass(numbers);
    });
    const facetsFrom = numbers.position;
    const facetCount = this.hasFacets ? this.#passFacets() : 0;
    return new PackedStream(stream, record, cellsFrom, cellCount, facetsFrom, facetCount);
  }

  #passFacets(): number {
    return this.#eachItem(() => {
      this.#passText();
      this.#passText();
      this.format.pass(this.#numbers);
    });
  }

  #stream(): StreamCells {
    const stream = readText(this.#numbers, this.#streams);
    const cells = this.#cells();
    return this.hasFacets ? { stream, cells, facets: this.#facetCells() } : { stream, cells };
  }

  #cells(): Cell[] {
    return this.#items(() => this.#cell());
  }

  #facetCells(): FacetCell[] {
    return this.#items(() => this.#facetCell());
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

  /** A string is right whatever its bytes are, if they are there. */
  #passText(): void {
    const numbers = this.#numbers;
    const length = numbers.whole(numbers.bytes.length - numbers.position);
    numbers.position += length;
  }

  #items<Item>(item: () => Item): Item[] {
    const items: Item[] = [];
    this.#eachItem(() => items.push(item()));
    return items;
  }

  /** How many there are in an array in one block; more than one is valid and not for us. */
  #eachItem(read: () => void): number {
    const numbers = this.#numbers;
    const count = numbers.whole(numbers.bytes.length - numbers.position);
    if (count === 0) return 0;
    for (let index = 0; index < count && !numbers.isBroken; index += 1) read();
    numbers.whole(0);
    return count;
  }
}
