import type { AnnounceColumns } from './announce-columns.js';
import { InternedStrings } from './interned-strings.js';
import { announceLimits, isQualityInBounds, isStreamInBounds } from './limits.js';
import { browsers, playerStates } from './records.js';

/** The single-object header of `announce-batch.v1`: a released schema never changes, so neither does this. */
const header = Buffer.from('c3012f733c518c722029', 'hex');

/** No announce takes less: a byte a field and union branch, two for a string, 16 for the session. */
const announceBytesMin = 40;

/** Where a varint of 28 bits at most ends, the rest is added as floating point: exact to 2^53. */
const lowBits = 28;
const lowSize = 2 ** lowBits;
/** 8 bytes hold 56 bits, more than any number that is exact. */
const highBitsMax = 21;

/**
 * Reads a batch of `announce-batch.v1` straight into columns: no object, string or buffer an announce,
 * bounds and limits checked on the way. It says yes only where the general codec says yes, with the
 * same values (property tests hold it to that), and it may say no to what the codec takes: odd but
 * valid encodings, such as an array in several blocks. So who gets a no asks the codec.
 */
export class AnnounceDecoder {
  readonly #streams = new InternedStrings(isStreamInBounds);
  readonly #qualities = new InternedStrings(isQualityInBounds);
  #bytes: Buffer = header;
  #position = 0;
  #isBroken = false;

  /** False when the bytes are no such batch or not plainly one; the columns then hold nothing (`count` 0). */
  decode(bytes: Buffer | null, columns: AnnounceColumns): boolean {
    columns.count = 0;
    if (bytes === null || !startsWithHeader(bytes)) return false;
    this.#bytes = bytes;
    this.#position = header.length;
    this.#isBroken = false;
    const isRead = this.#batch(columns);
    // The bytes belong to a fetched batch: not kept alive by us.
    this.#bytes = header;
    return isRead;
  }

  #batch(columns: AnnounceColumns): boolean {
    const { length } = this.#bytes;
    const trackerLength = this.#whole(length);
    this.#position += trackerLength;
    const written = this.#whole(Number.MAX_SAFE_INTEGER);
    const count = this.#whole(length);
    if (count === 0 || count * announceBytesMin > length - this.#position) return false;
    columns.clear(count);
    columns.written = written;
    for (let row = 0; row < count; row += 1) {
      this.#announce(columns, row);
      if (this.#isBroken) return false;
    }
    const blockEnd = this.#whole(0);
    if (this.#isBroken || blockEnd !== 0 || this.#position !== length) return false;
    columns.count = count;
    return true;
  }

  /** The fields in the schema's order. */
  #announce(columns: AnnounceColumns, row: number): void {
    columns.streams[row] = this.#string(this.#streams, announceLimits.streamLengthMax);
    this.#session(columns.sessions, row * 4);
    columns.numbers[row] = this.#whole(announceLimits.numberMax);
    columns.times[row] = this.#whole(announceLimits.timeMax);
    this.#segment();
    columns.qualities[row] = this.#string(this.#qualities, announceLimits.qualityLengthMax);
    columns.browsers[row] = this.#whole(browsers.length - 1);
    this.#whole(playerStates.length - 1);
    columns.watchedMs[row] = this.#whole(announceLimits.durationMsMax);
    columns.stalledMs[row] = this.#whole(announceLimits.durationMsMax);
    columns.stalls[row] = this.#whole(announceLimits.countMax);
    columns.startupMs[row] = this.#optional(announceLimits.durationMsMax);
    columns.cdnBytes[row] = this.#whole(announceLimits.bytesMax);
    columns.peerBytes[row] = this.#whole(announceLimits.bytesMax);
    columns.uploadedBytes[row] = this.#whole(announceLimits.bytesMax);
    this.#whole(announceLimits.countMax);
    this.#optional(announceLimits.durationMsMax);
    this.#optional(announceLimits.durationMsMax);
    this.#optional(announceLimits.bitrateKbpsMax);
    this.#optional(announceLimits.bitrateKbpsMax);
    this.#optional(announceLimits.playbackRatePercentMax);
    columns.droppedFrames[row] = this.#whole(announceLimits.countMax);
    columns.errors[row] = this.#whole(announceLimits.countMax);
  }

  /** A zig-zag varint from 0 to `max`; broken, and 0, when it is anything else. */
  #whole(max: number): number {
    const bytes = this.#bytes;
    let position = this.#position;
    // Past the end there are zeros, which end every number; the position tells in the end.
    let byte = bytes[position++] ?? 0;
    let low = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < lowBits; shift += 7) {
      byte = bytes[position++] ?? 0;
      low |= (byte & 0x7f) << shift;
    }
    let raw = low;
    if (byte >= 0x80) {
      let high = 0;
      for (let shift = 0; byte >= 0x80 && shift <= highBitsMax; shift += 7) {
        byte = bytes[position++] ?? 0;
        high |= (byte & 0x7f) << shift;
      }
      raw = high * lowSize + low;
    }
    this.#position = position;
    const value = raw / 2;
    // An odd one is negative.
    if ((low & 1) !== 0 || byte >= 0x80 || value > max) return this.#broken();
    return value;
  }

  /** Null or a number from 0 to `max`; −1 stands for null. */
  #optional(max: number): number {
    const branch = this.#bytes[this.#position];
    this.#position += 1;
    if (branch === 0) return -1;
    return branch === 2 ? this.#whole(max) : this.#broken();
  }

  /** −1 (zig-zag 1) or from 0 on; nobody here needs it. */
  #segment(): void {
    if (this.#bytes[this.#position] === 1) this.#position += 1;
    else this.#whole(announceLimits.segmentMax);
  }

  #session(sessions: Int32Array, at: number): void {
    const bytes = this.#bytes;
    let position = this.#position;
    for (let word = 0; word < 4; word += 1) {
      sessions[at + word] =
        (bytes[position] ?? 0) |
        ((bytes[position + 1] ?? 0) << 8) |
        ((bytes[position + 2] ?? 0) << 16) |
        ((bytes[position + 3] ?? 0) << 24);
      position += 4;
    }
    this.#position = position;
  }

  /** A string of `charactersMax` characters at most, each of 3 bytes at most for a UTF-16 unit. */
  #string(strings: InternedStrings, charactersMax: number): string {
    const length = this.#whole(charactersMax * 3);
    const start = this.#position;
    const end = start + length;
    this.#position = end;
    const text = end <= this.#bytes.length ? strings.read(this.#bytes, start, end) : undefined;
    if (text !== undefined) return text;
    this.#isBroken = true;
    return '';
  }

  #broken(): number {
    this.#isBroken = true;
    return 0;
  }
}

function startsWithHeader(bytes: Buffer): boolean {
  for (let index = 0; index < header.length; index += 1) {
    if (bytes[index] !== header[index]) return false;
  }
  return true;
}
