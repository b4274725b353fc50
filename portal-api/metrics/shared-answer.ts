/**
 * One answer for all that ask while it is being fetched, and for a moment after it came: for
 * `refreshShare` times as long as that took, if this is longer.
 */
export class SharedAnswer<Value> {
  #pending: Promise<Value> | undefined;
  #last: { readonly atMs: number; readonly ageMsMax: number; readonly value: Value } | undefined;

  constructor(
    private readonly fetchAnswer: () => Promise<Value>,
    private readonly ageMsMax: number,
    private readonly now: () => number,
    private readonly refreshShare = 0,
  ) {}

  /** True: nothing is under way, and what came is too old for anybody. */
  get isOver(): boolean {
    return this.#pending === undefined && this.#fresh === undefined;
  }

  get #fresh(): { readonly value: Value } | undefined {
    const last = this.#last;
    return last !== undefined && this.now() - last.atMs < last.ageMsMax ? last : undefined;
  }

  /** Rejects as `fetchAnswer` does; a failure isn't kept, so the next one to ask tries again. */
  async get(): Promise<Value> {
    const fresh = this.#fresh;
    if (fresh !== undefined) return fresh.value;
    this.#pending ??= this.#fetch();
    return this.#pending;
  }

  async #fetch(): Promise<Value> {
    const startedAtMs = this.now();
    try {
      const value = await this.fetchAnswer();
      const atMs = this.now();
      const ageMsMax = Math.max(this.ageMsMax, this.refreshShare * (atMs - startedAtMs));
      this.#last = { atMs, value, ageMsMax };
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
    private readonly refreshShare = 0,
  ) {}

  async get(key: string, fetchAnswer: () => Promise<Value>): Promise<Value> {
    for (const [other, answer] of this.#pending) if (answer.isOver) this.#pending.delete(other);
    let shared = this.#pending.get(key);
    if (shared === undefined) {
      shared = new SharedAnswer(fetchAnswer, this.ageMsMax, this.now, this.refreshShare);
      this.#pending.set(key, shared);
    }
    return shared.get();
  }
}
