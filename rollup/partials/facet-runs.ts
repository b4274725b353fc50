import { grownInts } from './grown.js';

const firstWords = 256;

/**
 * What sessions of one minute have of facets: runs of rows, one after the other, each
 * behind its length. A session's is told from another by comparing it, so that none has to be
 * found: 4 bytes a row and 4 more, and nothing to the garbage collector.
 */
export class FacetRuns {
  #words = new Int32Array(firstWords);
  #end = 0;

  /** Adds the first `count` of these rows; where the run begins. */
  add(rows: Int32Array, count: number): number {
    const start = this.#end;
    const end = start + 1 + count;
    if (end > this.#words.length) this.#words = grownInts(this.#words, 2 * end);
    this.#words[start] = count;
    for (let at = 0; at < count; at += 1) this.#words[start + 1 + at] = rows[at] ?? 0;
    this.#end = end;
    return start;
  }

  /** Whether the run has just the first `count` of these rows. */
  isSame(start: number, rows: Int32Array, count: number): boolean {
    const words = this.#words;
    if (words[start] !== count) return false;
    for (let at = 0; at < count; at += 1) if (words[start + 1 + at] !== rows[at]) return false;
    return true;
  }

  length(start: number): number {
    return this.#words[start] ?? 0;
  }

  row(start: number, at: number): number {
    return this.#words[start + 1 + at] ?? 0;
  }
}
