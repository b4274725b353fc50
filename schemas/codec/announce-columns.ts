import { reportedNumber } from '../announce-fields.js';
import { countedNumbers, secondNumbers, type CountedNumber } from '../counter-table.js';
import { browsers, cdnReasons, failures, roles, type Browser } from '../announce-words.js';
import type { AnnounceBatch } from '../records.js';
import { FacetColumns } from './facet-columns.js';

const sessionWords = 4;
const firstCapacity = 256;
const int32Max = 2 ** 31 - 1;

type NumberColumns = Record<CountedNumber, Int32Array | Float64Array>;

function numberColumns(capacity: number): NumberColumns {
  const columns = countedNumbers.map((field) => {
    const isWide = reportedNumber(field).max > int32Max;
    return [field, isWide ? new Float64Array(capacity) : new Int32Array(capacity)] as const;
  });
  return Object.fromEntries(columns) as NumberColumns;
}

/**
 * The announces of one batch as columns, all of them what stage 1 counts by. Made once and filled
 * again and again, so that reading a batch makes no objects. Row i is valid for i < `count`.
 */
export class AnnounceColumns {
  count = 0;
  /** The tracker's clock when it first tried to write the batch, Unix ms. */
  written = 0;
  streams: string[] = [];
  qualities: string[] = [];
  /** Four 32-bit words a row, little-endian from the session's 16 bytes. */
  sessions = new Int32Array(0);
  /** Index in `browsers`. */
  browsers = new Uint8Array(0);
  numbers = new Int32Array(0);
  times = new Float64Array(0);
  /** Indexes in `roles`, `failures` and `cdnReasons`. */
  roles = new Uint8Array(0);
  failures = new Uint8Array(0);
  cdnReasons = new Uint8Array(0);
  /** By the announce's field; −1 where it is null. */
  counted = numberColumns(0);
  /** Rows may tell what came with the second version of announces. */
  isSecond = false;
  readonly facets = new FacetColumns();

  constructor() {
    this.#grow(firstCapacity);
  }

  /** Empties the columns. */
  clear(): void {
    this.count = 0;
    this.facets.clear();
  }

  /** Makes room for `count` rows in empty columns. */
  reserve(count: number): void {
    this.facets.reserve(count);
    if (count > this.numbers.length) this.#grow(2 ** Math.ceil(Math.log2(count)));
  }

  /** Takes over a decoded batch, whose values are within their bounds. */
  fill(batch: AnnounceBatch): void {
    this.clear();
    this.reserve(batch.announces.length);
    this.isSecond = true;
    this.written = batch.written;
    for (const value of batch.facetValues ?? []) this.facets.addValue(value);
    for (const [row, announce] of batch.announces.entries()) {
      this.streams[row] = announce.stream;
      this.qualities[row] = announce.quality;
      for (let word = 0; word < sessionWords; word += 1) {
        this.sessions[row * sessionWords + word] = announce.session.readInt32LE(word * 4);
      }
      this.browsers[row] = browsers.indexOf(announce.browser);
      this.roles[row] = roles.indexOf(announce.role);
      this.failures[row] = failures.indexOf(announce.failure);
      this.cdnReasons[row] = cdnReasons.indexOf(announce.cdnReason);
      this.facets.fillRow(row, announce.facets);
      this.numbers[row] = announce.number;
      this.times[row] = announce.time;
      for (const field of countedNumbers) this.counted[field][row] = announce[field] ?? -1;
    }
    this.count = batch.announces.length;
  }

  /** Rows of the second version come; or of the first, by which what came with it isn't told. */
  begin(isSecond: boolean): void {
    if (!isSecond && this.isSecond) {
      for (const words of [this.roles, this.failures, this.cdnReasons]) words.fill(0);
      for (const field of secondNumbers) this.counted[field].fill(0);
    }
    this.isSecond = isSecond;
  }

  #grow(capacity: number): void {
    this.streams = new Array<string>(capacity).fill('');
    this.qualities = new Array<string>(capacity).fill('');
    this.sessions = new Int32Array(capacity * sessionWords);
    this.browsers = new Uint8Array(capacity);
    this.roles = new Uint8Array(capacity);
    this.failures = new Uint8Array(capacity);
    this.cdnReasons = new Uint8Array(capacity);
    this.numbers = new Int32Array(capacity);
    this.times = new Float64Array(capacity);
    this.counted = numberColumns(capacity);
  }
}

/** The browser of a row. */
export function browserAt(index: number): Browser {
  return browsers[index] ?? 'Other';
}
