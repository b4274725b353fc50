import { randomIndex, type Random } from '../../service/random.js';

/** A set that gives random members in time that doesn't grow with its size. */
export class SampleSet<Item> {
  readonly #items: Item[] = [];
  readonly #positions = new Map<Item, number>();

  get size(): number {
    return this.#items.length;
  }

  has(item: Item): boolean {
    return this.#positions.has(item);
  }

  add(item: Item): void {
    if (this.#positions.has(item)) return;
    this.#positions.set(item, this.#items.length);
    this.#items.push(item);
  }

  delete(item: Item): void {
    const position = this.#positions.get(item);
    if (position === undefined) return;
    this.#positions.delete(item);
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#items[position] = last;
    this.#positions.set(last, position);
  }

  /**
   * Adds `max` members to `chosen`, or all there are, each equally likely, leaving out those it
   * has. At most 2 × (max + chosen.size) draws.
   */
  sampleInto(chosen: Set<Item>, max: number, random: Random): void {
    const missing = max - this.#tryToSample(chosen, max, random);
    if (missing > 0) this.#sampleExactly(chosen, missing, random);
  }

  /** Where few are left out, nearly every draw hits: it needn't remember what it has drawn. */
  #tryToSample(chosen: Set<Item>, max: number, random: Random): number {
    let taken = 0;
    const drawsMax = this.#items.length > 4 * (max + chosen.size) ? 2 * max : 0;
    for (let draw = 0; draw < drawsMax && taken < max; draw += 1) {
      const item = this.#items[randomIndex(random, this.#items.length)];
      if (item === undefined || chosen.has(item)) continue;
      chosen.add(item);
      taken += 1;
    }
    return taken;
  }

  /** Draws without putting back (Fisher and Yates), so at most max + chosen.size times. */
  #sampleExactly(chosen: Set<Item>, max: number, random: Random): void {
    let taken = 0;
    for (let drawn = 0; drawn < this.#items.length && taken < max; drawn += 1) {
      const item = this.#draw(drawn, random);
      if (item === undefined || chosen.has(item)) continue;
      chosen.add(item);
      taken += 1;
    }
  }

  /** Brings one of those from `position` on, each equally likely, to it: order means nothing. */
  #draw(position: number, random: Random): Item | undefined {
    const from = position + randomIndex(random, this.#items.length - position);
    const item = this.#items[from];
    const swapped = this.#items[position];
    if (item === undefined || swapped === undefined) return undefined;
    this.#items[position] = item;
    this.#positions.set(item, position);
    this.#items[from] = swapped;
    this.#positions.set(swapped, from);
    return item;
  }
}
