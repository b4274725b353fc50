import { emptyHistogram, stallBoundsMs, startupBoundsMs } from '../histograms.js';
import { InternedStrings } from './interned-strings.js';
import { browsers, type Cell, type PartialBatch, type StreamCells } from '../records.js';
import { VarintReader } from './varint-reader.js';

const intMax = 2 ** 31 - 1;

/** Most histograms of most cells count nothing: they share these, which nobody can change. */
const noStartups = emptyHistogram(startupBoundsMs);
const noStalls = emptyHistogram(stallBoundsMs);
Object.freeze(noStartups);
Object.freeze(noStalls);

/**
 * Reads `partial-batch.v1`, of which stage 2 gets all cells of all streams again and again. As with announces: it
 * says yes only where avsc and the bounds say yes, with the same values, and undefined to all else.
 */
export class PartialsDecoder {
  readonly #streams = new InternedStrings(() => true);
  readonly #qualities = new InternedStrings(() => true);
  readonly #numbers = new VarintReader();

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
    return { stream: this.#text(this.#streams), cells: this.#items(() => this.#cell()) };
  }

  /** The fields in the schema's order. */
  #cell(): Cell {
    const numbers = this.#numbers;
    return {
      quality: this.#text(this.#qualities),
      browser: browsers[numbers.whole(browsers.length - 1)] ?? 'Other',
      viewers: numbers.whole(),
      announces: numbers.whole(),
      watchedMs: numbers.whole(),
      stalledMs: numbers.whole(),
      stalls: numbers.whole(),
      cdnBytes: numbers.whole(),
      peerBytes: numbers.whole(),
      uploadedBytes: numbers.whole(),
      droppedFrames: numbers.whole(),
      errors: numbers.whole(),
      startupHistogram: this.#histogram(noStartups),
      stallHistogram: this.#histogram(noStalls),
    };
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

  #histogram(empty: number[]): number[] {
    const numbers = this.#numbers;
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

  #text(strings: InternedStrings): string {
    const numbers = this.#numbers;
    const { bytes } = numbers;
    const length = numbers.whole(bytes.length - numbers.position);
    const start = numbers.position;
    const end = start + length;
    numbers.position = end;
    const text = end <= bytes.length ? strings.read(bytes, start, end) : undefined;
    if (text === undefined) numbers.isBroken = true;
    return text ?? '';
  }
}
