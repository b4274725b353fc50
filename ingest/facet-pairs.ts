import { isFacetInBounds, isFacetValueInBounds } from '../schemas/index.js';
import { encodedString } from '../clickhouse/index.js';

/** More of them are only encoded again. */
const keptMax = 10_000;

/** The facets' values of one batch, each as a pair of a Map in RowBinary. */
export class FacetPairs {
  readonly #facets: string[] = [];
  readonly #pairs: Uint8Array[] = [];
  readonly #kept = new Map<string, Uint8Array>();

  /** Forgets the batch before. */
  clear(): void {
    this.#facets.length = 0;
    this.#pairs.length = 0;
  }

  /** False: one of them is out of its bounds. */
  add(facet: string, value: string): boolean {
    if (!isFacetInBounds(facet) || !isFacetValueInBounds(value)) return false;
    const key = `${facet}\0${value}`;
    let pair = this.#kept.get(key);
    if (pair === undefined) {
      if (this.#kept.size >= keptMax) this.#kept.clear();
      pair = Buffer.concat([encodedString(facet), encodedString(value)]);
      this.#kept.set(key, pair);
    }
    this.#facets.push(facet);
    this.#pairs.push(pair);
    return true;
  }

  /**
   * The pairs of an announce; undefined where a place is none of the batch's, or two are of one
   * facet.
   */
  of(places: readonly number[]): Uint8Array[] | undefined {
    const pairs: Uint8Array[] = [];
    for (let index = 0; index < places.length; index += 1) {
      const place = places[index] ?? -1;
      const pair = this.#pairs[place];
      const facet = this.#facets[place];
      if (pair === undefined) return undefined;
      for (let before = 0; before < index; before += 1) {
        if (this.#facets[places[before] ?? -1] === facet) return undefined;
      }
      pairs.push(pair);
    }
    return pairs;
  }
}
