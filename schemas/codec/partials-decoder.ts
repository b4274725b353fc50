import { browsers } from '../announce-words.js';
import type { Cell, PartialBatch, StreamCells } from '../records.js';
import type { CellFormat } from './cell-formats.js';
import { InternedStrings } from './interned-strings.js';
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
  readonly #numbers = new VarintReader();

  constructor(private readonly format: CellFormat) {}

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
    return { stream, cells: this.#items(() => this.#cell()) };
  }

  #cell(): Cell {
    const numbers = this.#numbers;
    const quality = readText(numbers, this.#qualities);
    const browser = browsers[numbers.whole(browsers.length - 1)] ?? 'Other';
    return { quality, browser, counts: this.format.read(numbers) };
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

function readText(numbers: VarintReader, strings: InternedStrings): string {
  const { bytes } = numbers;
  const length = numbers.whole(bytes.length - numbers.position);
  const start = numbers.position;
  const end = start + length;
  numbers.position = end;
  const text = end <= bytes.length ? strings.read(bytes, start, end) : undefined;
  if (text === undefined) numbers.isBroken = true;
  return text ?? '';
}
