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
   * Offers members to `take` until it has taken `max` or refused all others; it refuses those that
   * it has. Each is equally likely. Costs what is taken and refused, not the size of the set.
   */
  sample(max: number, random: Random, take: (item: Item) => boolean): void {
    const size = this.#items.length;
    let missing = max;
    // Where few are refused, nearly every draw hits: it needn't remember what it has drawn.
    for (let draw = size > 2 * max ? 2 * max : 0; draw > 0 && missing > 0; draw -= 1) {
      if (this.#offer(randomIndex(random, size), take)) missing -= 1;
    }
    const start = missing > 0 ? randomIndex(random, size) : 0;
    for (let passed = 0; passed < size && missing > 0; passed += 1) {
      if (this.#offer((start + passed) % size, take)) missing -= 1;
    }
  }

  #offer(position: number, take: (item: Item) => boolean): boolean {
    const item = this.#items[position];
    return item !== undefined && take(item);
  }
}
