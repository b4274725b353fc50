/** One answer for all that ask while it is being fetched, and for a moment after it came. */
export class SharedAnswer<Value> {
  #pending: Promise<Value> | undefined;
  #last: { readonly atMs: number; readonly value: Value } | undefined;

  constructor(
    private readonly fetchAnswer: () => Promise<Value>,
    private readonly ageMsMax: number,
    private readonly now: () => number,
  ) {}

  /** Rejects as `fetchAnswer` does; a failure isn't kept, so the next one to ask tries again. */
  async get(): Promise<Value> {
    if (this.#last !== undefined && this.now() - this.#last.atMs < this.ageMsMax) {
      return this.#last.value;
    }
    this.#pending ??= this.#fetch();
    return this.#pending;
  }

  async #fetch(): Promise<Value> {
    try {
      const value = await this.fetchAnswer();
      this.#last = { atMs: this.now(), value };
      return value;
    } finally {
      this.#pending = undefined;
    }
  }
}
