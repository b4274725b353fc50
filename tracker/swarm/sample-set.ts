import { randomIndex, type Random } from '../../service/random.js';

/** A set that gives random members in time that doesn't grow with its size. */
export class SampleSet<Item> {
  readonly #items: Item[] = [];
  readonly #positions = new Map<Item, number>();

  get size(): number {
    return this.#items.length;
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
   * Adds up to `max` members, each equally likely, to `chosen`, leaving out those it has. At most
   * 2 × max draws.
   */
  sampleInto(chosen: Set<Item>, max: number, random: Random): void {
    if (this.#items.length <= max) {
      for (const item of this.#items) chosen.add(item);
      return;
    }
    let taken = 0;
    for (let draw = 0; draw < 2 * max && taken < max; draw += 1) {
      const item = this.#items[randomIndex(random, this.#items.length)];
      if (item === undefined || chosen.has(item)) continue;
      chosen.add(item);
      taken += 1;
    }
  }
}
