/**
 * Calls back for each item once the same time has passed since it was added, unless it was deleted:
 * one timer for all. Called back, it may be added again.
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

  /** Forgets all; what is added afterwards is called back. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueMs.clear();
  }

  #look(): void {
    const nowMs = performance.now();
    // A timer may fire a millisecond early.
    const due: Item[] = [];
    for (const [item, dueMs] of this.#dueMs) {
      if (dueMs > nowMs + 1) break;
      due.push(item);
    }
    for (const item of due) {
      // Not those that were deleted for another one.
      if (this.#dueMs.delete(item)) this.onDue(item);
    }
    const [next] = this.#dueMs.values();
    clearTimeout(this.#timer);
    this.#timer =
      next === undefined ? undefined : setTimeout(() => this.#look(), Math.max(0, next - nowMs));
  }
}
