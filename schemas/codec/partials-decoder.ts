import { browsers } from '../announce-words.js';
import type { Cell, FacetCell, PartialBatch, StreamCells } from '../records.js';
import type { CellFormat } from './cell-formats.js';
import { InternedFacets } from './interned-facets.js';
import { InternedStrings } from './interned-strings.js';
import { readText } from './read-text.js';
import { PackedStream, type PackedPartials } from './packed-stream.js';
import { VarintReader } from './varint-reader.js';

const intMax = 2 ** 31 - 1;
const firstUnpackedBytes = 16_384;

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
  #unpacked = Buffer.allocUnsafe(firstUnpackedBytes);

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

  /** As `decode`, each stream with what is told of it as it stands in the bytes. */
  split(bytes: Buffer, start: number): PackedPartials | undefined {
    const numbers = this.#numbers;
    numbers.begin(bytes, start);
    const inputPartition = numbers.whole(intMax);
    const minute = numbers.whole();
    const version = numbers.whole();
    const streams = this.#items(() => this.#packed(bytes));
    return !numbers.isBroken && numbers.position === bytes.length
      ? { inputPartition, minute, version, streams }
      : undefined;
  }

  /** What was packed by this decoder. */
  unpack(packed: string): Omit<StreamCells, 'stream'> {
    if (packed.length > this.#unpacked.length) this.#unpacked = Buffer.allocUnsafe(packed.length);
    this.#unpacked.write(packed, 'latin1');
    this.#numbers.begin(this.#unpacked, 0);
    return this.#told();
  }

  #packed(bytes: Buffer): PackedStream {
    const numbers = this.#numbers;
    const stream = readText(numbers, this.#streams);
    const from = numbers.position;
    const cells = this.#skipItems(() => {
      this.#skipText();
      numbers.whole(browsers.length - 1);
      this.format.skip(numbers);
    });
    if (this.hasFacets) {
      this.#skipItems(() => {
        this.#skipText();
        this.#skipText();
        this.format.skip(numbers);
      });
    }
    const isThere = !numbers.isBroken && numbers.position <= bytes.length;
    return new PackedStream(
      stream,
      cells,
      isThere ? bytes.toString('latin1', from, numbers.position) : '',
      this,
    );
  }

  #stream(): StreamCells {
    const stream = readText(this.#numbers, this.#streams);
    return { stream, ...this.#told() };
  }

  /** Of a stream, what comes after its key. */
  #told(): Omit<StreamCells, 'stream'> {
    const cells = this.#items(() => this.#cell());
    return this.hasFacets ? { cells, facets: this.#items(() => this.#facetCell()) } : { cells };
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
  #skipText(): void {
    const numbers = this.#numbers;
    const length = numbers.whole(numbers.bytes.length - numbers.position);
    numbers.position += length;
  }

  /** An array in one block; how many there are in it. */
  #skipItems(skip: () => void): number {
    const numbers = this.#numbers;
    const count = numbers.whole(numbers.bytes.length - numbers.position);
    if (count === 0) return 0;
    for (let index = 0; index < count && !numbers.isBroken; index += 1) skip();
    numbers.whole(0);
    return count;
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
