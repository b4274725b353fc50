import type { CommitPoint } from './commit-point.js';

/**
 * The minutes that a reader of either stage retains, and how far it has read: each offset once and
 * without a gap (docs/exactness.md#every-offset-once), minutes dropped in order
 * (docs/exactness.md#dropped-in-order), and a commit of what still matters
 * (docs/exactness.md#a-commit-says-where-to-begin).
 */
export class RetainedMinutes<Minute extends { readonly firstOffset: number }> {
  readonly #minutes = new Map<number, Minute>();
  #nextOffset: number;
  #exactFrom: number;

  constructor(start: CommitPoint) {
    this.#nextOffset = start.offset;
    this.#exactFrom = start.exactFrom;
  }

  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** The first minute that is exact and not dropped, by an earlier owner or by this one. */
  get exactFrom(): number {
    return this.#exactFrom;
  }

  get size(): number {
    return this.#minutes.size;
  }

  get(minute: number): Minute | undefined {
    return this.#minutes.get(minute);
  }

  set(minute: number, retained: Minute): void {
    this.#minutes.set(minute, retained);
  }

  /** In the order in which they were first seen. */
  entries(): Iterable<[number, Minute]> {
    return this.#minutes;
  }

  /** The record at this offset is applied. Throws when another one is due. */
  advance(offset: number): void {
    if (offset !== this.#nextOffset) {
      throw new Error(`a gap in the log: offset ${offset} follows ${this.#nextOffset - 1}`);
    }
    this.#nextOffset = offset + 1;
  }

  /** How many minutes are final and not dropped yet. */
  finalWaiting(finalBefore: number): number {
    let waiting = 0;
    for (const minute of this.#minutes.keys()) if (minute < finalBefore) waiting += 1;
    return waiting;
  }

  /** Drops all minutes below; nothing is retained of them any more. */
  dropBefore(minute: number): void {
    this.#exactFrom = Math.max(this.#exactFrom, minute);
    for (const retained of this.#minutes.keys()) {
      if (retained < this.#exactFrom) this.#minutes.delete(retained);
    }
  }

  /** From where another owner gets the same minutes ≥ `exactFrom`. */
  commitPoint(): CommitPoint {
    let offset = this.#nextOffset;
    for (const { firstOffset } of this.#minutes.values()) offset = Math.min(offset, firstOffset);
    return { offset, exactFrom: this.#exactFrom };
  }
}
