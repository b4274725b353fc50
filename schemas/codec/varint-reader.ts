import { sumMax } from '../saturation.js';

const lowBits = 28;
/** 8 bytes hold 56 bits, more than any number that is exact. */
const highBitsMax = 21;

/** Reads numbers one after the other; what is wrong with any is told once, by `isBroken`. */
export class VarintReader {
  bytes: Uint8Array = new Uint8Array(0);
  position = 0;
  isBroken = false;

  begin(bytes: Uint8Array, position: number): void {
    this.bytes = bytes;
    this.position = position;
    this.isBroken = false;
  }

  /** A zig-zag varint from 0 to `max`; broken, and 0, when it is anything else. */
  whole(max = sumMax): number {
    const bytes = this.bytes;
    let position = this.position;
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
    this.position = position;
    // An odd one is negative.
    if ((low & 1) === 0 && byte < 0x80 && value <= max) return value;
    this.isBroken = true;
    return 0;
  }

  /**
   * Reads as many numbers as there are bytes for, `most` at most, to the beginning of `into`; how
   * many.
   */
  wholes(into: number[], most: number): number {
    const { bytes } = this;
    const { length } = bytes;
    let position = this.position;
    let count = 0;
    for (; count < most && position < length; count += 1) {
      const first = bytes[position] ?? 0;
      const second = bytes[position + 1] ?? 0;
      if ((first & 1) !== 0 || (first >= 0x80 && second >= 0x80)) {
        this.position = position;
        into[count] = this.whole();
        position = this.position;
      } else if (first < 0x80) {
        into[count] = first >>> 1;
        position += 1;
      } else {
        into[count] = ((first & 0x7f) | (second << 7)) >>> 1;
        position += 2;
      }
    }
    this.position = position;
    return count;
  }
}
