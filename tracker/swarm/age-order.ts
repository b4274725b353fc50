interface Link<Item> {
  readonly item: Item;
  atMs: number;
  older: Link<Item> | undefined;
  newer: Link<Item> | undefined;
}

/**
 * Items from the one that was touched longest ago to the latest, so that those that have been
 * silent for too long are at hand without a look at the others. The clock is passed in; where it is
 * set back, those before count as touched then.
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
    if (this.#newest !== undefined && this.#newest.atMs > nowMs) this.#setBack(nowMs);
    let link = this.#links.get(item);
    if (link === undefined) {
      link = { item, atMs: nowMs, older: undefined, newer: undefined };
      this.#links.set(item, link);
    } else {
      link.atMs = nowMs;
      if (link === this.#newest) return;
      this.#unlink(link);
    }
    link.older = this.#newest;
    link.newer = undefined;
    if (this.#newest === undefined) this.#oldest = link;
    else this.#newest.newer = link;
    this.#newest = link;
  }

  delete(item: Item): void {
    const link = this.#links.get(item);
    if (link === undefined) return;
    this.#links.delete(item);
    this.#unlink(link);
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

  /** From the one that was touched longest ago on; the one at hand may be taken out. */
  *oldestFirst(): Iterable<Item> {
    for (let link = this.#oldest; link !== undefined; link = link.newer) yield link.item;
  }

  #setBack(nowMs: number): void {
    for (let link = this.#newest; link !== undefined && link.atMs > nowMs; link = link.older) {
      link.atMs = nowMs;
    }
  }

  #unlink({ older, newer }: Link<Item>): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }
}
