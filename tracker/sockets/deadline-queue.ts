/**
 * Calls back for each item once the same time has passed since it was added, unless it was deleted:
 * one timer for all.
 */
export class DeadlineQueue<Item> {
  /** By the time at which they are due, since all wait for as long. */
  readonly #dueMs = new Map<Item, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly delayMs: number,
    private readonly onDue: (item: Item) => void,
  ) {}

  add(item: Item): void {
    this.#dueMs.delete(item);
    this.#dueMs.set(item, performance.now() + this.delayMs);
    this.#timer ??= setTimeout(() => this.#look(), this.delayMs);
  }

  delete(item: Item): void {
    this.#dueMs.delete(item);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#dueMs.clear();
  }

  #look(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (const [item, dueMs] of this.#dueMs) {
      // A timer may fire a millisecond early.
      if (dueMs > nowMs + 1) {
        this.#timer = setTimeout(() => this.#look(), dueMs - nowMs);
        return;
      }
      this.#dueMs.delete(item);
      this.onDue(item);
    }
  }
}
