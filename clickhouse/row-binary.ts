import { writeAscii } from '../schemas/index.js';
import type { ReusedMemory } from '../service/reused-memory.js';
import { withRoom } from '../service/with-room.js';

const firstCapacityBytes = 64 * 1_024;
/** The longest varint of a length below 2^35. */
const varintBytesMax = 5;
/** A UTF-16 unit takes 3 bytes of UTF-8 at most. */
const unitBytesMax = 3;

/** As many as UInt8, UInt16, UInt32 and UInt64 have. */
export type NumberBytes = 1 | 2 | 4 | 8;

/**
 * Writes values in ClickHouse's RowBinary, which are Native's too, into one growing buffer. Numbers
 * are not checked: what is written was in its bounds when it was decoded.
 * Source: https://clickhouse.com/docs/interfaces/formats/RowBinary
 */
export class RowBinaryWriter {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  constructor(capacityBytes = firstCapacityBytes) {
    this.#bytes = Buffer.allocUnsafe(capacityBytes);
    this.#view = viewOf(this.#bytes);
  }

  get length(): number {
    return this.#length;
  }

  /** UInt8, and Enum8 where it isn't negative. */
  uint8(value: number): void {
    this.#reserve(1);
    this.#length = this.#bytes.writeUInt8(value, this.#length);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32LE(value, this.#length);
  }

  /** UInt64, and Int64 where it isn't negative; exact to 2^53. */
  uint64(value: number): void {
    this.#reserve(8);
    setUint64(this.#view, this.#length, value);
    this.#length += 8;
  }

  /** How many follow: of an Array's values, or of a block's columns or rows in Native. */
  lengthOf(length: number): void {
    this.#reserve(varintBytesMax);
    this.#varint(length);
  }

  nullableUint32(value: number | null): void {
    this.#reserve(5);
    this.#length = this.#bytes.writeUInt8(value === null ? 1 : 0, this.#length);
    if (value !== null) this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  string(value: string): void {
    this.#reserve(value.length * unitBytesMax + varintBytesMax);
    const start = this.#length;
    this.#varint(value.length);
    const end = writeAscii(this.#bytes, this.#length, value);
    if (end < 0) {
      this.#length = start;
      this.#varint(Buffer.byteLength(value));
      this.#length += this.#bytes.write(value, this.#length);
    } else this.#length = end;
  }

  /** So many bytes, to be written over where something is counted. */
  zeros(count: number): void {
    this.#reserve(count);
    this.#bytes.fill(0, this.#length, this.#length + count);
    this.#length += count;
  }

  /** Puts an unsigned number where so many bytes have been written since the last `take`. */
  put(at: number, bytes: NumberBytes, value: number): void {
    if (bytes === 1) this.#view.setUint8(at, value);
    else if (bytes === 2) this.#view.setUint16(at, value, true);
    else if (bytes === 4) this.#view.setUint32(at, value, true);
    else setUint64(this.#view, at, value);
  }

  /** A Map of texts. */
  pairs(pairs: readonly (readonly [key: string, value: string])[]): void {
    this.#reserve(varintBytesMax);
    this.#varint(pairs.length);
    for (const text of pairs.flat()) this.string(text);
  }

  /** What was written since the last call, as bytes of their own. `memory`: where they are put. */
  take(memory?: ReusedMemory): Buffer {
    const bytes = memory?.take(this.#length) ?? Buffer.allocUnsafe(this.#length);
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#length = this.#bytes.writeUInt8((rest % 0x80) + 0x80, this.#length);
      rest = Math.floor(rest / 0x80);
    }
    this.#length = this.#bytes.writeUInt8(rest, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    this.#bytes = withRoom(this.#bytes, this.#length, count);
    this.#view = viewOf(this.#bytes);
  }
}

function setUint64(view: DataView, at: number, value: number): void {
  const low = value >>> 0;
  view.setUint32(at, low, true);
  view.setUint32(at + 4, (value - low) / 0x1_0000_0000, true);
}

/** A view of just these bytes, whatever memory they are in. */
export function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** A text as RowBinary has it: its length in bytes, then UTF-8. */
export function encodedString(text: string): Buffer {
  const writer = new RowBinaryWriter(text.length * unitBytesMax + varintBytesMax);
  writer.string(text);
  return writer.take();
}
