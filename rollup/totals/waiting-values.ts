interface Waiting<Value> {
  readonly value: Value;
  readonly size: number;
}

/** Values that wait to be taken, each once, the newest of them up to a size of all together. */
export class WaitingValues<Key, Value> {
  readonly #waiting = new Map<Key, Waiting<Value>>();
  #size = 0;

  constructor(private readonly sizeMax: number) {}

  take(key: Key): Value | undefined {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(key);
    this.#size -= waiting.size;
    return waiting.value;
  }

  /** Instead of what has waited under the same key. */
  keep(key: Key, value: Value, size: number): void {
    this.take(key);
    this.#waiting.set(key, { value, size });
    this.#size += size;
    for (const oldest of this.#waiting.keys()) {
      if (this.#size <= this.sizeMax) break;
      this.take(oldest);
    }
  }

  /** Those that nobody will take any more. */
  forget(isOver: (value: Value) => boolean): void {
    for (const [key, { value }] of this.#waiting) if (isOver(value)) this.take(key);
  }
}
