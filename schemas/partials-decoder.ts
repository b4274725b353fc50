import { emptyHistogram, stallBoundsMs, startupBoundsMs } from './histograms.js';
import { InternedStrings } from './interned-strings.js';
import { longMax } from './limits.js';
import { browsers, type Cell, type PartialBatch, type StreamCells } from './records.js';

const lowBits = 28;
/** 8 bytes hold 56 bits, more than any number that is exact. */
const highBitsMax = 21;
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
  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;
  #isBroken = false;

  /** `start`: where the body begins. */
  decode(bytes: Uint8Array, start: number): PartialBatch | undefined {
    this.#bytes = bytes;
    this.#position = start;
    this.#isBroken = false;
    const inputPartition = this.#whole(intMax);
    const minute = this.#whole();
    const version = this.#whole();
    const streams = this.#items(() => this.#stream());
    return this.#isReadWhole() ? { inputPartition, minute, version, streams } : undefined;
  }

  #isReadWhole(): boolean {
    return !this.#isBroken && this.#position === this.#bytes.length;
  }

  #stream(): StreamCells {
    return { stream: this.#text(this.#streams), cells: this.#items(() => this.#cell()) };
  }

  /** The fields in the schema's order. */
  #cell(): Cell {
    return {
      quality: this.#text(this.#qualities),
      browser: browsers[this.#whole(browsers.length - 1)] ?? 'Other',
      viewers: this.#whole(),
      announces: this.#whole(),
      watchedMs: this.#whole(),
      stalledMs: this.#whole(),
      stalls: this.#whole(),
      cdnBytes: this.#whole(),
      peerBytes: this.#whole(),
      uploadedBytes: this.#whole(),
      droppedFrames: this.#whole(),
      errors: this.#whole(),
      startupHistogram: this.#histogram(noStartups),
      stallHistogram: this.#histogram(noStalls),
    };
  }

  /** An array in one block; more than one is valid and not for us. */
  #items<Item>(item: () => Item): Item[] {
    const items: Item[] = [];
    const count = this.#whole(this.#bytes.length - this.#position);
    if (count === 0) return items;
    for (let index = 0; index < count && !this.#isBroken; index += 1) items.push(item());
    this.#whole(0);
    return items;
  }

  #histogram(empty: number[]): number[] {
    if (this.#whole() !== empty.length) this.#isBroken = true;
    const bytes = this.#bytes;
    const start = this.#position;
    let bucket = 0;
    while (bucket < empty.length && bytes[start + bucket] === 0) bucket += 1;
    this.#position = start + bucket;
    let histogram = empty;
    if (bucket < empty.length) {
      const counts = empty.slice();
      for (; bucket < empty.length; bucket += 1) counts[bucket] = this.#whole();
      histogram = counts;
    }
    this.#whole(0);
    return histogram;
  }

  #text(strings: InternedStrings): string {
    const length = this.#whole(this.#bytes.length - this.#position);
    const start = this.#position;
    const end = start + length;
    this.#position = end;
    const text = end <= this.#bytes.length ? strings.read(this.#bytes, start, end) : undefined;
    if (text === undefined) this.#isBroken = true;
    return text ?? '';
  }

  /** A zig-zag varint from 0 to `max`; broken, and 0, when it is anything else. */
  #whole(max = longMax): number {
    const bytes = this.#bytes;
    let position = this.#position;
    // Past the end there are zeros, which end every number; the position tells in the end.
    let byte = bytes[position++] ?? 0;
    let low = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < lowBits; shift += 7) {
      byte = bytes[position++] ?? 0;
      low |= (byte & 0x7f) << shift;
    }
    let value = low >>> 1;
    if (byte >= 0x80) {
      let high = 0;
      for (let shift = 0; byte >= 0x80 && shift <= highBitsMax; shift += 7) {
        byte = bytes[position++] ?? 0;
        high |= (byte & 0x7f) << shift;
      }
      value += high * 2 ** (lowBits - 1);
    }
    this.#position = position;
    // An odd one is negative.
    if ((low & 1) === 0 && byte < 0x80 && value <= max) return value;
    this.#isBroken = true;
    return 0;
  }
}
