import { sumMax } from '../saturation.js';
import { writeAscii } from './write-ascii.js';
import { withRoom } from '../../service/with-room.js';

/** A number up to 2^53 takes 8 bytes. */
export const numberBytesMax = 8;
/** A UTF-16 unit takes 3 bytes of UTF-8 at most. */
const unitBytesMax = 3;
const firstBytes = 64 * 1_024;
/** Up to here doubling a number stays within 32 bits. */
const smallMax = 2 ** 30 - 1;
/** Four bytes of a varint hold a number's lowest bits and its sign; the rest is written apart. */
const lowest = 2 ** 27;
const lowBytes = 4;

/**
 * Writes numbers and texts one after the other; what is wrong with any is told once, by `isPlain`.
 */
export class VarintWriter {
  #bytes: Buffer;
  #position = 0;
  /** True: every number was whole, from 0 to `sumMax`. */
  isPlain = true;

  /** It has room for so many at first, and grows. */
  constructor(bytes = firstBytes) {
    this.#bytes = Buffer.allocUnsafe(bytes);
  }

  begin(header: Uint8Array): void {
    this.rewind(0);
    this.raw(header);
  }

  get position(): number {
    return this.#position;
  }

  /** Forgets what was written from there on. */
  rewind(position: number): void {
    this.#position = position;
    this.isPlain = true;
  }

  /** What was written, as bytes of its own. */
  written(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#position));
  }

  reserve(bytes: number): void {
    if (this.#position + bytes <= this.#bytes.length) return;
    this.#bytes = withRoom(this.#bytes, this.#position, bytes);
  }

  /** A number of 0 or more as a zig-zag varint. Room for it was reserved. */
  whole(value: number): void {
    const bytes = this.#bytes;
    let position = this.#position;
    if (value >= 0 && value <= smallMax) {
      let rest = value << 1;
      while (rest >= 0x80) {
        bytes[position++] = rest | 0x80;
        rest >>>= 7;
      }
      bytes[position++] = rest;
      if ((value | 0) !== value) this.isPlain = false;
    } else if (Number.isInteger(value) && value > 0 && value <= sumMax) {
      let rest = Math.floor(value / lowest);
      let low = (value - rest * lowest) << 1;
      for (let index = 0; index < lowBytes; index += 1) {
        bytes[position++] = low | 0x80;
        low >>>= 7;
      }
      while (rest >= 0x80) {
        bytes[position++] = rest | 0x80;
        rest >>>= 7;
      }
      bytes[position++] = rest;
    } else this.isPlain = false;
    this.#position = position;
  }

  /** The same from −1 on. */
  wholeOrMinusOne(value: number): void {
    if (value === -1) this.#bytes[this.#position++] = 1;
    else this.whole(value);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.#bytes.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** An array of numbers. */
  wholes(values: readonly number[]): void {
    this.reserve((values.length + 2) * numberBytesMax);
    this.whole(values.length);
    const bytes = this.#bytes;
    let position = this.#position;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] ?? 0;
      let rest = value | 0;
      if (rest !== value || rest < 0 || rest > smallMax) {
        this.#position = position;
        this.whole(value);
        position = this.#position;
        continue;
      }
      for (rest <<= 1; rest >= 0x80; rest >>>= 7) bytes[position++] = rest | 0x80;
      bytes[position++] = rest;
    }
    this.#position = position;
    if (values.length > 0) this.whole(0);
  }

  text(text: string): void {
    this.reserve(text.length * unitBytesMax + numberBytesMax);
    const start = this.#position;
    this.whole(text.length);
    const end = writeAscii(this.#bytes, this.#position, text);
    if (end < 0) {
      this.#position = start;
      this.whole(Buffer.byteLength(text));
      this.#position += this.#bytes.write(text, this.#position);
    } else this.#position = end;
  }
}
