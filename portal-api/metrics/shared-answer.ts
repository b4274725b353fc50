/** One answer for all that ask while it is being fetched, and for a moment after it came. */
export class SharedAnswer<Value> {
  #pending: Promise<Value> | undefined;
  #last: { readonly atMs: number; readonly value: Value } | undefined;

  constructor(
    private readonly fetchAnswer: () => Promise<Value>,
    private readonly ageMsMax: number,
    private readonly now: () => number,
  ) {}

  /** True: nothing is under way, and what came is too old for anybody. */
  get isOver(): boolean {
    if (this.#pending !== undefined) return false;
    return this.#last === undefined || this.now() - this.#last.atMs >= this.ageMsMax;
  }

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

/** The same by key. What nobody asked for lately is forgotten. */
export class SharedAnswers<Value> {
  readonly #pending = new Map<string, SharedAnswer<Value>>();

  constructor(
    private readonly ageMsMax: number,
    private readonly now: () => number,
  ) {}

  async get(key: string, fetchAnswer: () => Promise<Value>): Promise<Value> {
    for (const [other, answer] of this.#pending) if (answer.isOver) this.#pending.delete(other);
    let shared = this.#pending.get(key);
    if (shared === undefined) {
      shared = new SharedAnswer(fetchAnswer, this.ageMsMax, this.now);
      this.#pending.set(key, shared);
    }
    return shared.get();
  }
}
