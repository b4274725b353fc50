interface Link<Item> {
  readonly item: Item;
  atMs: number;
  older: Link<Item> | undefined;
  newer: Link<Item> | undefined;
}

/**
 * Items from the one that was touched longest ago to the latest, so that those that have been
 * silent for too long are at hand without a look at the others. The clock is passed in.
 */
export class AgeOrder<Item> {
  readonly #links = new Map<Item, Link<Item>>();
  #oldest: Link<Item> | undefined;
  #newest: Link<Item> | undefined;

  get size(): number {
    return this.#links.size;
  }

  /** Adds the item, or moves it to the newest. */
  touch(item: Item, nowMs: number): void {
    this.delete(item);
    const link: Link<Item> = { item, atMs: nowMs, older: this.#newest, newer: undefined };
    this.#links.set(item, link);
    if (this.#newest === undefined) this.#oldest = link;
    else this.#newest.newer = link;
    this.#newest = link;
  }

  delete(item: Item): void {
    const link = this.#links.get(item);
    if (link === undefined) return;
    this.#links.delete(item);
    if (link.older === undefined) this.#oldest = link.newer;
    else link.older.newer = link.newer;
    if (link.newer === undefined) this.#newest = link.older;
    else link.newer.older = link.older;
  }

  /** Takes out those that were touched before `sinceMs`. */
  takeUntouched(sinceMs: number): Item[] {
    const taken: Item[] = [];
    while (this.#oldest !== undefined && this.#oldest.atMs < sinceMs) {
      taken.push(this.#oldest.item);
      this.delete(this.#oldest.item);
    }
    return taken;
  }
}
