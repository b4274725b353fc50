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
    return this.#batch(bytes, start, () => this.#stream());
  }

  /** As `decode`, each stream with what is told of it as it stands in the bytes. */
  split(bytes: Buffer, start: number): PackedPartials | undefined {
    return this.#batch(bytes, start, () => this.#packed(bytes));
  }

  /** What was packed by this decoder. */
  unpack(packed: string): Omit<StreamCells, 'stream'> {
    if (packed.length > this.#unpacked.length) this.#unpacked = Buffer.allocUnsafe(packed.length);
    this.#unpacked.write(packed, 'latin1');
    this.#numbers.begin(this.#unpacked, 0);
    return this.#told();
  }

  #batch<Stream>(
    bytes: Uint8Array,
    start: number,
    stream: () => Stream,
  ): (Omit<PartialBatch, 'streams'> & { readonly streams: readonly Stream[] }) | undefined {
    const numbers = this.#numbers;
    numbers.begin(bytes, start);
    const inputPartition = numbers.whole(intMax);
    const minute = numbers.whole();
    const version = numbers.whole();
    const streams = this.#items(stream);
    return !numbers.isBroken && numbers.position === bytes.length
      ? { inputPartition, minute, version, streams }
      : undefined;
  }

  #packed(bytes: Buffer): PackedStream {
    const numbers = this.#numbers;
    const stream = readText(numbers, this.#streams);
    const from = numbers.position;
    const cells = this.#eachItem(() => {
      this.#passText();
      numbers.whole(browsers.length - 1);
      this.format.pass(numbers);
    });
    if (this.hasFacets) {
      this.#eachItem(() => {
        this.#passText();
        this.#passText();
        this.format.pass(numbers);
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
