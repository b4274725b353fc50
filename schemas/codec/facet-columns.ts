import { facetLimits } from '../limits.js';
import type { FacetValue } from '../records.js';

const firstCapacity = 256;

/**
 * The facets of one batch's announces: its values, and for each row their places. Row i has those
 * from `ends[i - 1]` (0 for the first) to `ends[i]`, exclusive.
 */
export class FacetColumns {
  /** By place, as far as `valueCount`. */
  readonly values: FacetValue[] = [];
  valueCount = 0;
  places = new Int32Array(firstCapacity);
  ends = new Int32Array(firstCapacity);
  /** How many places have been read. */
  end = 0;
  /** By place: its facet, one number for each. */
  readonly #facetNumbers: number[] = [];
  readonly #numbers = new Map<string, number>();
  /** By facet's number: where the row begins that had it last. */
  readonly #seenAt: number[] = [];

  /** Forgets the batch before. */
  clear(): void {
    this.end = 0;
    if (this.valueCount === 0) return;
    this.valueCount = 0;
    this.#seenAt.length = 0;
    this.#numbers.clear();
  }

  /** Makes room for so many rows. */
  reserve(rows: number): void {
    if (rows > this.ends.length) this.ends = new Int32Array(2 * rows);
  }

  addValue(value: FacetValue): void {
    let number = this.#numbers.get(value.facet);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(value.facet, number);
      this.#seenAt.push(-1);
    }
    const place = this.valueCount;
    this.#facetNumbers[place] = number;
    this.values[place] = value;
    this.valueCount = place + 1;
  }

  /** Takes over the places of a row that are within their bounds. */
  fillRow(row: number, places: readonly number[]): void {
    this.#reservePlaces();
    for (const place of places) this.places[this.end++] = place;
    this.ends[row] = this.end;
  }

  /**
   * Reads the places of the next row, an array in one block whose first byte is `first`; where it
   * ends, or −1 when it is broken, out of bounds, or has a facet twice.
   */
  read(bytes: Uint8Array, start: number, first: number): number {
    const count = first >>> 1;
    if ((first & 1) !== 0 || count > facetLimits.perAnnounceMax) return -1;
    this.#reservePlaces();
    const rowStart = this.end;
    let position = start;
    for (let index = 0; index < count; index += 1) {
      let byte = bytes[position++] ?? 0;
      let raw = byte & 0x7f;
      for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
        byte = bytes[position++] ?? 0;
        raw |= (byte & 0x7f) << shift;
      }
      const place = raw >>> 1;
      if (byte >= 0x80 || (raw & 1) !== 0 || place >= this.valueCount) return -1;
      const facet = this.#facetNumbers[place] ?? 0;
      if (this.#seenAt[facet] === rowStart) return -1;
      this.#seenAt[facet] = rowStart;
      this.places[this.end++] = place;
    }
    return bytes[position] === 0 ? position + 1 : -1;
  }

  /** Room for one more row. */
  #reservePlaces(): void {
    if (this.end + facetLimits.perAnnounceMax <= this.places.length) return;
    const grown = new Int32Array(2 * (this.end + facetLimits.perAnnounceMax));
    grown.set(this.places);
    this.places = grown;
  }
}
