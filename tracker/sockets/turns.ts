/**
 * Deals things out over a round of turns, so that what has to be done to each of them once a round
 * is never done to all at once. Each comes up every `count` turns as long as it is there.
 */
export class Turns<Item> {
  readonly #turns: readonly Set<Item>[];
  #added = 0;
  #taken = 0;

  constructor(count: number) {
    this.#turns = Array.from({ length: count }, () => new Set<Item>());
  }

  add(item: Item): void {
    this.#turns[this.#added % this.#turns.length]?.add(item);
    this.#added += 1;
  }

  delete(item: Item): void {
    for (const turn of this.#turns) if (turn.delete(item)) return;
  }

  /** Those whose turn it is. */
  next(): ReadonlySet<Item> {
    const turn = this.#turns[this.#taken % this.#turns.length];
    this.#taken += 1;
    return turn ?? new Set();
  }
}
