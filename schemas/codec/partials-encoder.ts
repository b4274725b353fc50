import { longMax } from '../limits.js';
import { browsers, type Cell, type PartialBatch } from '../records.js';

/** A number up to 2^53 takes 8 bytes. */
const numberBytesMax = 8;
const plainNumbers = 12;
/** A UTF-16 unit takes 3 bytes of UTF-8 at most. */
const unitBytesMax = 3;
const firstBytes = 64 * 1_024;
/** Up to here doubling a number stays within 32 bits. */
const smallMax = 2 ** 30 - 1;

/**
 * Writes `partial-batch.v1`, of which stage 1 makes all cells of all streams again and again: byte for byte
 * what avsc writes (a property test holds it to that), in less time.
 */
export class PartialsEncoder {
  #bytes = Buffer.allocUnsafe(firstBytes);
  #position = 0;
  #isPlain = true;

  /** Header and body; undefined when a number is none that a cell can have, which avsc may judge. */
  encode(header: Uint8Array, batch: PartialBatch): Buffer | undefined {
    this.#position = 0;
    this.#isPlain = true;
    this.#reserve(header.length + 4 * numberBytesMax);
    this.#bytes.set(header);
    this.#position = header.length;
    this.#whole(batch.inputPartition);
    this.#whole(batch.minute);
    this.#whole(batch.version);
    this.#whole(batch.streams.length);
    for (const { stream, cells } of batch.streams) {
      this.#text(stream);
      this.#reserve(2 * numberBytesMax);
      this.#whole(cells.length);
      for (const cell of cells) this.#cell(cell);
      if (cells.length > 0) this.#whole(0);
    }
    this.#reserve(numberBytesMax);
    if (batch.streams.length > 0) this.#whole(0);
    return this.#written();
  }

  #written(): Buffer | undefined {
    return this.#isPlain ? Buffer.from(this.#bytes.subarray(0, this.#position)) : undefined;
  }

  /** The fields in the schema's order. */
  #cell(cell: Cell): void {
    this.#text(cell.quality);
    this.#reserve(plainNumbers * numberBytesMax);
    this.#whole(browsers.indexOf(cell.browser));
    this.#whole(cell.viewers);
    this.#whole(cell.announces);
    this.#whole(cell.watchedMs);
    this.#whole(cell.stalledMs);
    this.#whole(cell.stalls);
    this.#whole(cell.cdnBytes);
    this.#whole(cell.peerBytes);
    this.#whole(cell.uploadedBytes);
    this.#whole(cell.droppedFrames);
    this.#whole(cell.errors);
    this.#histogram(cell.startupHistogram);
    this.#histogram(cell.stallHistogram);
    this.#reserve(numberBytesMax);
  }

  #histogram(histogram: readonly number[]): void {
    this.#reserve((histogram.length + 2) * numberBytesMax);
    this.#whole(histogram.length);
    for (let bucket = 0; bucket < histogram.length; bucket += 1) {
      this.#whole(histogram[bucket] ?? 0);
    }
    if (histogram.length > 0) this.#whole(0);
  }

  #text(text: string): void {
    this.#reserve(text.length * unitBytesMax + numberBytesMax);
    const start = this.#position;
    this.#whole(text.length);
    const bytes = this.#bytes;
    let position = this.#position;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) {
        this.#position = start;
        this.#whole(Buffer.byteLength(text));
        this.#position += bytes.write(text, this.#position);
        return;
      }
      bytes[position++] = unit;
    }
    this.#position = position;
  }

  /** A number of 0 or more as a zig-zag varint. Room for it was reserved. */
  #whole(value: number): void {
    const bytes = this.#bytes;
    let position = this.#position;
    if (value >= 0 && value <= smallMax) {
      let rest = value << 1;
      while (rest >= 0x80) {
        bytes[position++] = rest | 0x80;
        rest >>>= 7;
      }
      bytes[position++] = rest;
      if ((value | 0) !== value) this.#isPlain = false;
    } else if (Number.isInteger(value) && value > 0 && value <= longMax) {
      let rest = value * 2;
      while (rest >= 0x80) {
        bytes[position++] = (rest % 0x80) | 0x80;
        rest = Math.floor(rest / 0x80);
      }
      bytes[position++] = rest;
    } else this.#isPlain = false;
    this.#position = position;
  }

  #reserve(bytes: number): void {
    if (this.#position + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#position + bytes));
    grown.set(this.#bytes.subarray(0, this.#position));
    this.#bytes = grown;
  }
}
