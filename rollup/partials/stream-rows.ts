import { grownInts } from './grown.js';
import { slotsFor } from './session-table.js';

/** Of a slot: the row and 1 more (0: it is empty), its stream and its kind. */
const slotWords = 4;
const firstSlots = 64;
const firstStreams = 16;

/**
 * The rows of one minute's streams: each is of a stream and of a kind, numbers from 0. A hash table
 * over typed arrays with linear probing, and a list of each stream's rows: 10 000 streams with 20
 * rows each are nothing to the garbage collector.
 */
export class StreamRows {
  #slots: Int32Array;
  #count = 0;
  /** By row: its kind, and the stream's next row and 1 more (0: it is the last). */
  #kinds: Int32Array;
  #nexts: Int32Array;
  /** By stream: its first and its last row and 1 more (0: it has none). */
  #firsts = new Int32Array(firstStreams);
  #lasts = new Int32Array(firstStreams);

  /** `hashSeed`: any number; it changes no result. `like`: of which about as many are expected. */
  constructor(
    private readonly hashSeed: number,
    like?: StreamRows,
  ) {
    const slots = Math.max(firstSlots, like === undefined ? 0 : slotsFor(like.#count));
    this.#slots = new Int32Array(slots * slotWords);
    this.#kinds = new Int32Array(slots / 2);
    this.#nexts = new Int32Array(slots / 2);
  }

  /** The row of a stream's kind; −1 when there's none. */
  find(stream: number, kind: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = this.#slotOf(stream, kind);
    for (;;) {
      const row = (slots[at] ?? 0) - 1;
      if (row < 0 || (slots[at + 1] === stream && slots[at + 2] === kind)) return row;
      at = (at + slotWords) & mask;
    }
  }

  /** Adds the next row, of a stream's kind that has none yet. */
  add(stream: number, kind: number): number {
    const row = this.#count;
    this.#count += 1;
    if (this.#count > this.#kinds.length) this.#grow();
    this.#place(row, stream, kind);
    this.#kinds[row] = kind;
    if (stream >= this.#firsts.length) {
      this.#firsts = grownInts(this.#firsts, 2 * stream);
      this.#lasts = grownInts(this.#lasts, 2 * stream);
    }
    const last = this.#lasts[stream] ?? 0;
    if (last === 0) this.#firsts[stream] = row + 1;
    else this.#nexts[last - 1] = row + 1;
    this.#lasts[stream] = row + 1;
    return row;
  }

  /** A stream's first row; −1 when it has none. */
  first(stream: number): number {
    return (this.#firsts[stream] ?? 0) - 1;
  }

  /** The same stream's next row, in the order in which they were added; −1 behind the last. */
  next(row: number): number {
    return (this.#nexts[row] ?? 0) - 1;
  }

  kind(row: number): number {
    return this.#kinds[row] ?? 0;
  }

  get count(): number {
    return this.#count;
  }

  #slotOf(stream: number, kind: number): number {
    const hash = Math.imul(Math.imul(stream ^ this.hashSeed, 0x9e3779b1) ^ kind, 0x85ebca77);
    return Math.imul(hash ^ (hash >>> 15), slotWords) & (this.#slots.length - 1);
  }

  #place(row: number, stream: number, kind: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = this.#slotOf(stream, kind);
    while (slots[at] !== 0) at = (at + slotWords) & mask;
    slots[at] = row + 1;
    slots[at + 1] = stream;
    slots[at + 2] = kind;
  }

  /** Twice as many rows fit, and there are twice as many slots as rows. */
  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(2 * before.length);
    for (let at = 0; at < before.length; at += slotWords) {
      const row = (before[at] ?? 0) - 1;
      if (row >= 0) this.#place(row, before[at + 1] ?? 0, before[at + 2] ?? 0);
    }
    this.#kinds = grownInts(this.#kinds, 2 * this.#kinds.length);
    this.#nexts = grownInts(this.#nexts, 2 * this.#nexts.length);
  }
}
