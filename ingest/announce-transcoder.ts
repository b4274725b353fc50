import type { LogRecord } from '../kafka/index.js';
import {
  allStreams,
  announceLimits,
  browsers,
  cdnReasons,
  facetLimits,
  failures,
  headerOfSchema,
  playerStates,
  roles,
} from '../schemas/index.js';
import { timeMaxMs } from './announce-rows.js';
import { FacetPairs } from './facet-pairs.js';
import { encodedString, viewOf } from '../clickhouse/index.js';
import type { ReusedMemory } from '../service/reused-memory.js';
import { withRoom } from '../service/with-room.js';

/** Marker and fingerprint of the schemas whose order of fields is known here. */
const firstHeader = headerOfSchema('announce-batch.v1');
const secondHeader = headerOfSchema('announce-batch.v2');
const firstCapacityBytes = 64 * 1_024;
const sessionBytes = 16;
/** Above this a number doesn't fit what is read here exactly; no bound lets it in. */
const rawBelow = 2 ** 53;
const allStreamsByte = allStreams.charCodeAt(0);

/** What came with the second version, where nothing is told: three words, numbers, two texts. */
const secondBytes = 3 + 11 * 4 + 8 + 2;

/**
 * What a row takes at most besides stream, quality and tracker: 46 columns, the widest 22 + 1
 * bytes.
 */
const fixedBytesMax = 256;
const rowBytesMax =
  fixedBytesMax + 4 * (announceLimits.streamLengthMax + announceLimits.qualityLengthMax);

/** Of UTF-8 for one UTF-16 unit, and of a length before it, at most. */
const unitBytesMax = 3;
const lengthBytesMax = 2;
const pairBytesMax =
  2 * lengthBytesMax + unitBytesMax * (facetLimits.facetLengthMax + facetLimits.valueLengthMax);

/** Thrown and caught here alone: the batch is for the codec to judge. */
class Unusual extends Error {}
const unusual = new Unusual('not a plain batch');

/** Texts of an enum as RowBinary strings. */
function encodedTexts(texts: readonly string[]): readonly Uint8Array[] {
  return texts.map((text) => Uint8Array.of(text.length, ...Buffer.from(text, 'latin1')));
}

const encodedBrowsers = encodedTexts(browsers);
const encodedStates = encodedTexts(playerStates);

const base64Characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Two base64url characters for each 12 bits, the first in the low byte. */
const base64Pairs = Uint16Array.from({ length: 4_096 }, (_, bits) => {
  const first = base64Characters.charCodeAt(bits >> 6);
  return first | (base64Characters.charCodeAt(bits & 63) << 8);
});

/**
 * Turns an encoded batch into rows of `announces` without building its announces: one walk over the
 * bytes that reads, checks bounds and writes. It takes only what is plainly right; of anything else
 * (another schema, a damaged byte, a value out of bounds) it leaves nothing behind and says false,
 * and the codec decides. So what is refused, and why, is the codec's matter alone.
 */
export class AnnounceTranscoder {
  readonly #intervalMs: number;
  #source: Buffer = Buffer.alloc(0);
  #position = 0;
  #isSecond = false;
  readonly #facets = new FacetPairs();
  #bytes = Buffer.allocUnsafe(firstCapacityBytes);
  #view = viewOf(this.#bytes);
  #at = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /**
   * How many rows were written; 0 when the record isn't a plain batch, and nothing was written
   * then.
   */
  transcode(record: LogRecord): number {
    const { value } = record;
    if (value === null) return 0;
    const header = value.subarray(0, firstHeader.length);
    this.#isSecond = header.equals(secondHeader);
    if (!this.#isSecond && !header.equals(firstHeader)) return 0;
    this.#source = value;
    this.#position = firstHeader.length;
    const before = this.#at;
    try {
      return this.#batch(record);
    } catch (error) {
      this.#at = before;
      if (error !== unusual) throw error;
      return 0;
    }
  }

  /** Bytes of the rows since they were taken. */
  get length(): number {
    return this.#at;
  }

  /** Adds rows that were encoded elsewhere. */
  append(rows: Buffer): void {
    this.#reserve(rows.length);
    this.#at += rows.copy(this.#bytes, this.#at);
  }

  /** The rows since the last call, as bytes of their own. `memory`: where they are put. */
  take(memory?: ReusedMemory): Buffer {
    const rows = memory?.take(this.#at) ?? Buffer.allocUnsafe(this.#at);
    this.#bytes.copy(rows, 0, 0, this.#at);
    this.#at = 0;
    return rows;
  }

  #batch(record: LogRecord): number {
    const tracker = this.#tracker();
    this.#raw();
    this.#facets.clear();
    if (this.#isSecond) this.#facetValues();
    let rowCount = 0;
    for (;;) {
      const blockCount = this.#count(this.#source.length);
      if (blockCount === 0) break;
      for (let index = 0; index < blockCount; index += 1) {
        this.#row(record, tracker, rowCount);
        rowCount += 1;
      }
    }
    if (this.#position !== this.#source.length) throw unusual;
    return rowCount;
  }

  #row(record: LogRecord, tracker: Uint8Array, index: number): void {
    this.#reserve(rowBytesMax + tracker.length);
    const { numberMax, timeMax, segmentMax, durationMsMax, bytesMax, countMax } = announceLimits;
    const { gaugeMsMax, bitrateKbpsMax, playbackRatePercentMax } = announceLimits;
    this.#stream();
    this.#session();
    this.#uint32(this.#count(numberMax));
    const time = this.#count(timeMax);
    this.#uint64(Math.min(time, timeMaxMs));
    this.#uint64(Math.floor(time / this.#intervalMs));
    this.#uint64(record.logAppendTimeMs);
    this.#copy(tracker);
    this.#int32(this.#segment(segmentMax));
    this.#text(announceLimits.qualityLengthMax);
    this.#symbol(encodedBrowsers);
    this.#symbol(encodedStates);
    this.#uint32(this.#count(durationMsMax));
    this.#uint32(this.#count(durationMsMax));
    this.#uint32(this.#count(countMax));
    this.#nullable(gaugeMsMax);
    this.#uint64(this.#count(bytesMax));
    this.#uint64(this.#count(bytesMax));
    this.#uint64(this.#count(bytesMax));
    this.#uint32(this.#count(countMax));
    this.#nullable(gaugeMsMax);
    this.#nullable(gaugeMsMax);
    this.#nullable(bitrateKbpsMax);
    this.#nullable(bitrateKbpsMax);
    this.#nullable(playbackRatePercentMax);
    this.#uint32(this.#count(countMax));
    this.#uint32(this.#count(countMax));
    this.#uint32(record.partition);
    this.#uint64(record.offset);
    this.#uint32(index);
    if (this.#isSecond) this.#second();
    else this.#zeros(secondBytes);
    // Beyond the end zeros were read.
    if (this.#position > this.#source.length) throw unusual;
  }

  /** What came with the second version of announces. */
  #second(): void {
    const { durationMsMax, bytesMax, countMax } = announceLimits;
    for (const words of [roles, failures, cdnReasons]) {
      this.#byte(this.#count(words.length - 1));
    }
    for (let counts = 5; counts > 0; counts -= 1) this.#uint32(this.#count(countMax));
    for (let durations = 4; durations > 0; durations -= 1) this.#uint32(this.#count(durationMsMax));
    this.#uint64(this.#count(bytesMax));
    this.#uint32(this.#count(countMax));
    this.#uint32(this.#count(countMax));
    if (this.#count(1) === 0) {
      this.#byte(0);
    } else this.#session();
    this.#places();
  }

  /** The facets' values of the batch, in one block. */
  #facetValues(): void {
    const count = this.#count(this.#source.length);
    if (count === 0) return;
    for (let index = 0; index < count; index += 1) {
      if (!this.#facets.add(this.#plainText(), this.#plainText())) throw unusual;
    }
    this.#count(0);
  }

  /** The places of an announce's facets, in one block, as the pairs of a Map. */
  #places(): void {
    const count = this.#count(facetLimits.perAnnounceMax);
    this.#byte(count);
    if (count === 0) return;
    const places = Array.from({ length: count }, () => this.#count(this.#source.length));
    this.#count(0);
    const pairs = this.#facets.of(places);
    if (pairs === undefined) throw unusual;
    this.#reserve(count * pairBytesMax);
    for (const pair of pairs) this.#copy(pair);
  }

  /** A varint as it stands, before its sign is taken out. */
  #raw(): number {
    const source = this.#source;
    let position = this.#position;
    let byte = source[position] ?? 0;
    position += 1;
    let value = byte & 0x7f;
    for (let factor = 128; byte >= 0x80; factor *= 128) {
      if (factor >= rawBelow) throw unusual;
      byte = source[position] ?? 0;
      position += 1;
      value += (byte & 0x7f) * factor;
    }
    if (value >= rawBelow) throw unusual;
    this.#position = position;
    return value;
  }

  /** A whole number from 0 to `max`. */
  #count(max: number): number {
    // Most take one byte or two, and are whole numbers to the compiler then.
    const first = this.#source[this.#position] ?? 0;
    const second = first < 0x80 ? 0 : (this.#source[this.#position + 1] ?? 0);
    if (second < 0x80) {
      const small = ((first & 0x7f) | (second << 7)) >>> 1;
      if ((first & 1) !== 0 || small > max) throw unusual;
      this.#position += first < 0x80 ? 1 : 2;
      return small;
    }
    const raw = this.#raw();
    const value = raw / 2;
    if (raw % 2 !== 0 || value > max) throw unusual;
    return value;
  }

  /** As a count, and -1 too. */
  #segment(max: number): number {
    if (this.#source[this.#position] !== 1) return this.#count(max);
    this.#position += 1;
    return -1;
  }

  /** A union of null and a count. */
  #nullable(max: number): void {
    const branch = this.#source[this.#position];
    this.#position += 1;
    if (branch === 0) {
      this.#byte(1);
    } else if (branch === 2) {
      this.#byte(0);
      this.#uint32(this.#count(max));
    } else throw unusual;
  }

  #symbol(texts: readonly Uint8Array[]): void {
    const text = texts[this.#raw() / 2];
    if (text === undefined) throw unusual;
    this.#copy(text);
  }

  #session(): void {
    const source = this.#source;
    const view = this.#view;
    let from = this.#position;
    let at = this.#at;
    view.setUint8(at, 22);
    at += 1;
    const lastFrom = from + sessionBytes - 1;
    for (; from < lastFrom; from += 3) {
      const bits =
        ((source[from] ?? 0) << 16) | ((source[from + 1] ?? 0) << 8) | (source[from + 2] ?? 0);
      view.setUint16(at, base64Pairs[bits >> 12] ?? 0, true);
      view.setUint16(at + 2, base64Pairs[bits & 0xfff] ?? 0, true);
      at += 4;
    }
    view.setUint16(at, base64Pairs[(source[from] ?? 0) << 4] ?? 0, true);
    this.#at = at + 2;
    this.#position = from + 1;
  }

  #stream(): void {
    if (this.#source[this.#position] === 2 && this.#source[this.#position + 1] === allStreamsByte)
      throw unusual;
    this.#text(announceLimits.streamLengthMax);
  }

  /** A text of 1 to `lengthMax` UTF-16 units. */
  #text(lengthMax: number): void {
    const source = this.#source;
    const bytes = this.#bytes;
    const length = this.#count(source.length - this.#position);
    if (length === 0) throw unusual;
    const end = this.#position + length;
    if (length <= lengthMax) {
      let at = this.#at;
      bytes[at] = length;
      at += 1;
      let seen = 0;
      for (let from = this.#position; from < end; from += 1) {
        const byte = source[from] ?? 0;
        seen |= byte;
        bytes[at] = byte;
        at += 1;
      }
      if (seen < 0x80) {
        this.#at = at;
        this.#position = end;
        return;
      }
    }
    this.#longText(end, lengthMax);
  }

  /** A text that isn't plain ASCII: what is no UTF-8 in it becomes what the codec makes of it. */
  #longText(end: number, lengthMax: number): void {
    const text = this.#source.toString('utf8', this.#position, end);
    if (text.length > lengthMax) throw unusual;
    this.#copy(encodedString(text));
    this.#position = end;
  }

  #tracker(): Uint8Array {
    return encodedString(this.#plainText());
  }

  /** A text of any length. */
  #plainText(): string {
    const end = this.#count(this.#source.length) + this.#position;
    if (end > this.#source.length) throw unusual;
    const text = this.#source.toString('utf8', this.#position, end);
    this.#position = end;
    return text;
  }

  #copy(text: Uint8Array): void {
    const bytes = this.#bytes;
    const at = this.#at;
    for (let index = 0; index < text.length; index += 1) bytes[at + index] = text[index] ?? 0;
    this.#at = at + text.length;
  }

  #uint32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  #int32(value: number): void {
    this.#view.setInt32(this.#at, value, true);
    this.#at += 4;
  }

  #uint64(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#view.setUint32(this.#at + 4, value / 0x1_0000_0000, true);
    this.#at += 8;
  }

  #byte(value: number): void {
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  #zeros(count: number): void {
    this.#bytes.fill(0, this.#at, this.#at + count);
    this.#at += count;
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    this.#bytes = withRoom(this.#bytes, this.#at, count);
    this.#view = viewOf(this.#bytes);
  }
}
