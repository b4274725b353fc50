import { FacetRuns } from './facet-runs.js';
import { NumberSets } from './number-sets.js';

/** How many numbers from the first one on have a bit; a session's announces of one minute fit. */
const maskBits = 31;

/**
 * An entry's words: the session's 128 bits, first number, mask, highest number and cell. Once a
 * session has facets there follow how many rows and these, or where its run of them begins, and an
 * entry is as long as a line of the processor's cache. Mostly it lies in two of them, so the stream
 * stands at its end: who has found a session has asked for all of its entry.
 */
const wordsAtFirst = 8;
const words = wordsAtFirst + 1;
const wordsWithFacets = 16;
const firstWord = 4;
const maskWord = 5;
const highestWord = 6;
const cellWord = 7;
const facetsWord = wordsAtFirst;
const firstFacetWord = facetsWord + 1;
/** More rows than these stand in a run of their own, whose place is told as −1 and below. */
const facetsMax = wordsWithFacets - 1 - firstFacetWord;

/** Entries are kept in pages, so that growing copies nothing and wastes less than one page. */
const pageBits = 9;
const pageEntries = 1 << pageBits;
const firstSlots = 256;

/**
 * The viewers of one minute: for each (stream, session) the numbers that were taken, each once
 * (docs/exactness.md#each-number-once), the highest of them, its cell and its facets' rows. A
 * hash table over typed arrays with linear probing: a viewer costs 45 bytes, 73 with facets, and no
 * object, so that 100 000 of them are nothing to the garbage collector.
 */
export class SessionTable {
  #pages: Int32Array[] = [];
  /** Of an entry. */
  #words = words;
  /** Entry + 1, or 0. Twice as many as entries at least, a power of two. */
  #slots: Int32Array;
  #entries = 0;
  readonly #others = new NumberSets();
  readonly #runs = new FacetRuns();

  /**
   * `hashSeed`: any number; it changes no result. Who chooses sessions doesn't know it. `like`: of
   * which about as many are expected.
   */
  constructor(
    private readonly hashSeed: number,
    like?: SessionTable,
  ) {
    this.#slots = new Int32Array(Math.max(firstSlots, slotsFor(like?.size ?? 0)));
  }

  get size(): number {
    return this.#entries;
  }

  /** The entry of a session, whose four words stand at `at`; −1 when there's none. */
  find(sessions: Int32Array, at: number, stream: number): number {
    const first = sessions[at] ?? 0;
    const second = sessions[at + 1] ?? 0;
    const third = sessions[at + 2] ?? 0;
    const fourth = sessions[at + 3] ?? 0;
    const slots = this.#slots;
    const mask = slots.length - 1;
    const streamWord = this.#streamWord;
    let slot = hashOf(first, second, third, fourth, stream ^ this.hashSeed) & mask;
    for (;;) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry < 0) return -1;
      const page = this.#page(entry);
      const base = this.#base(entry);
      if (
        page[base] === first &&
        page[base + 1] === second &&
        page[base + 2] === third &&
        page[base + 3] === fourth &&
        page[base + streamWord] === stream
      ) {
        return entry;
      }
      slot = (slot + 1) & mask;
    }
  }

  /**
   * As `find` for rows `from` to `to` (exclusive), whose sessions, streams and entries stand in
   * columns.
   */
  findAll(
    sessions: Int32Array,
    from: number,
    to: number,
    streams: Int32Array,
    entries: Int32Array,
  ): void {
    for (let row = from; row < to; row += 1) {
      entries[row] = this.find(sessions, row * 4, streams[row] ?? 0);
    }
  }

  /**
   * Adds a session that isn't there yet, with its first number, which is taken and the highest; its
   * entry. It has no facets.
   */
  add(sessions: Int32Array, at: number, stream: number, number: number, cell: number): number {
    const entry = this.#entries;
    if ((entry + 1) * 2 > this.#slots.length) this.#growSlots();
    if (this.#base(entry) === 0) this.#pages.push(new Int32Array(pageEntries * this.#words));
    this.#entries += 1;
    const page = this.#page(entry);
    const base = this.#base(entry);
    for (let word = 0; word < 4; word += 1) page[base + word] = sessions[at + word] ?? 0;
    page[base + this.#streamWord] = stream;
    page[base + firstWord] = number;
    page[base + maskWord] = 1;
    page[base + highestWord] = number;
    page[base + cellWord] = cell;
    this.#place(entry);
    return entry;
  }

  /** True when the entry's number is taken now, false when it had been taken before. */
  take(entry: number, number: number): boolean {
    const page = this.#page(entry);
    const base = this.#base(entry);
    const distance = number - (page[base + firstWord] ?? 0);
    if (distance < 0 || distance >= maskBits) return this.#others.add(entry, number);
    const bit = 1 << distance;
    const mask = page[base + maskWord] ?? 0;
    if ((mask & bit) !== 0) return false;
    page[base + maskWord] = mask | bit;
    return true;
  }

  highest(entry: number): number {
    return this.#word(entry, highestWord);
  }

  /** The cell of the highest number. */
  cell(entry: number): number {
    return this.#word(entry, cellWord);
  }

  setHighest(entry: number, number: number, cell: number): void {
    const page = this.#page(entry);
    const base = this.#base(entry);
    page[base + highestWord] = number;
    page[base + cellWord] = cell;
  }

  /** Whether the facets of the highest number are in the first `count` of these rows. */
  hasFacets(entry: number, rows: Int32Array, count: number): boolean {
    if (!this.#hasFacets) return count === 0;
    const page = this.#page(entry);
    const base = this.#base(entry);
    const known = page[base + facetsWord] ?? 0;
    if (known < 0) return this.#runs.isSame(-1 - known, rows, count);
    if (known !== count) return false;
    for (let at = 0; at < count; at += 1) {
      if (page[base + firstFacetWord + at] !== rows[at]) return false;
    }
    return true;
  }

  setFacets(entry: number, rows: Int32Array, count: number): void {
    if (!this.#hasFacets) {
      if (count === 0) return;
      this.#makeRoomForFacets();
    }
    const page = this.#page(entry);
    const base = this.#base(entry);
    if (count > facetsMax) {
      page[base + facetsWord] = -1 - this.#runs.add(rows, count);
      return;
    }
    page[base + facetsWord] = count;
    for (let at = 0; at < count; at += 1) page[base + firstFacetWord + at] = rows[at] ?? 0;
  }

  /** In how many rows of facets it is. */
  facetCount(entry: number): number {
    if (!this.#hasFacets) return 0;
    const known = this.#word(entry, facetsWord);
    return known < 0 ? this.#runs.length(-1 - known) : known;
  }

  facet(entry: number, at: number): number {
    const known = this.#word(entry, facetsWord);
    return known < 0 ? this.#runs.row(-1 - known, at) : this.#word(entry, firstFacetWord + at);
  }

  get #hasFacets(): boolean {
    return this.#words === wordsWithFacets;
  }

  get #streamWord(): number {
    return this.#words - 1;
  }

  #makeRoomForFacets(): void {
    this.#words = wordsWithFacets;
    this.#pages = this.#pages.map((narrow) => {
      const page = new Int32Array(pageEntries * wordsWithFacets);
      for (let entry = 0; entry < pageEntries; entry += 1) {
        const from = entry * words;
        const to = entry * wordsWithFacets;
        page.set(narrow.subarray(from, from + wordsAtFirst), to);
        page[to + wordsWithFacets - 1] = narrow[from + wordsAtFirst] ?? 0;
      }
      return page;
    });
  }

  #base(entry: number): number {
    return (entry & (pageEntries - 1)) * this.#words;
  }

  #word(entry: number, word: number): number {
    return this.#page(entry)[this.#base(entry) + word] ?? 0;
  }

  #page(entry: number): Int32Array {
    return this.#pages[entry >> pageBits] ?? noPage;
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.#entries; entry += 1) this.#place(entry);
  }

  #place(entry: number): void {
    const page = this.#page(entry);
    const base = this.#base(entry);
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = hashOf(
      page[base] ?? 0,
      page[base + 1] ?? 0,
      page[base + 2] ?? 0,
      page[base + 3] ?? 0,
      (page[base + this.#streamWord] ?? 0) ^ this.hashSeed,
    );
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = entry + 1;
  }
}

const noPage = new Int32Array(0);

/** A power of two: twice as many slots of a hash table as it has entries, at least. */
export function slotsFor(entries: number): number {
  return 2 ** Math.ceil(Math.log2(2 * entries));
}

/** Mixes all bits: sessions are chosen by viewers, who may have chosen them alike. */
function hashOf(
  first: number,
  second: number,
  third: number,
  fourth: number,
  seed: number,
): number {
  let hash = Math.imul(first ^ seed, 0x9e3779b1);
  hash = Math.imul(second ^ hash ^ (hash >>> 15), 0x85ebca77);
  hash = Math.imul(third ^ hash ^ (hash >>> 13), 0xc2b2ae3d);
  hash = Math.imul(fourth ^ hash ^ (hash >>> 16), 0x27d4eb2f);
  return hash ^ (hash >>> 15);
}
