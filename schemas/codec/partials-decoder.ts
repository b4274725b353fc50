import { counterOf, histogramNames } from '../counter-table.js';
import { emptyHistogram } from '../histograms.js';
import { browsers, type Cell, type PartialBatch, type StreamCells } from '../records.js';
import { writtenFunction } from '../written-function.js';
import { cellSource } from './cell-fields.js';
import { InternedStrings } from './interned-strings.js';
import { VarintReader } from './varint-reader.js';

const intMax = 2 ** 31 - 1;

/** Most histograms of most cells count nothing: they share these, which nobody can change. */
const noneOf = Object.fromEntries(
  histogramNames.map((name) => [
    name,
    Object.freeze(emptyHistogram(counterOf(name).boundsMs ?? [])),
  ]),
);

type CellReader = (numbers: VarintReader, qualities: InternedStrings) => Cell;

/**
 * Reads batches of partials by the newest schema, of which stage 2 gets all cells of all streams
 * again and again. As with announces: it says yes only where avsc and the bounds say yes, with the
 * same values, and undefined to all else.
 */
export class PartialsDecoder {
  readonly #streams = new InternedStrings(() => true);
  readonly #qualities = new InternedStrings(() => true);
  readonly #numbers = new VarintReader();
  readonly #readCell: CellReader;

  /** `cellFields`: the fields of a cell in the schema's order. */
  constructor(cellFields: readonly string[]) {
    const fields = cellSource(cellFields, {
      quality: 'quality: readText(numbers, qualities)',
      browser: `browser: browsers[numbers.whole(${browsers.length - 1})]`,
      sum: (name) => `${name}: numbers.whole()`,
      histogram: (name) => `${name}: readHistogram(numbers, noneOf.${name})`,
    });
    this.#readCell = writtenFunction(
      `return function readCell(numbers, qualities) { return { ${fields.join(',\n')} }; };`,
      { browsers, noneOf, readText, readHistogram },
    ) as CellReader;
  }

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
    const numbers = this.#numbers;
    const qualities = this.#qualities;
    const stream = readText(numbers, this.#streams);
    return { stream, cells: this.#items(() => this.#readCell(numbers, qualities)) };
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

function readHistogram(numbers: VarintReader, empty: number[]): number[] {
  if (numbers.whole() !== empty.length) numbers.isBroken = true;
  const { bytes, position: start } = numbers;
  let bucket = 0;
  while (bucket < empty.length && bytes[start + bucket] === 0) bucket += 1;
  numbers.position = start + bucket;
  let histogram = empty;
  if (bucket < empty.length) {
    const counts = new Array<number>(empty.length).fill(0);
    for (; bucket < empty.length; bucket += 1) counts[bucket] = numbers.whole();
    histogram = counts;
  }
  numbers.whole(0);
  return histogram;
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
