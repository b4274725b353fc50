import { renditionCount } from './viewer.js';

/** How many viewers of a stream hold each segment of each rendition. */
export class Holders {
  readonly #counts: Map<number, number>[];

  constructor() {
    this.#counts = Array.from({ length: renditionCount }, () => new Map<number, number>());
  }

  has(rendition: number, segment: number): boolean {
    return this.#counts[rendition]?.has(segment) ?? false;
  }

  add(rendition: number, segment: number): void {
    const counts = this.#counts[rendition];
    counts?.set(segment, (counts.get(segment) ?? 0) + 1);
  }

  /** Somebody dropped all from one segment to another. */
  drop(rendition: number, from: number, to: number): void {
    const counts = this.#counts[rendition];
    for (let segment = from; segment <= to; segment += 1) {
      const left = (counts?.get(segment) ?? 0) - 1;
      if (left > 0) counts?.set(segment, left);
      else counts?.delete(segment);
    }
  }
}
