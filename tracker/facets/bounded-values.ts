/**
 * Values that those who are here have, so many different ones at a time: who comes with one more
 * has `other`.
 */
export class BoundedValues {
  readonly #holders = new Map<string, number>();

  constructor(private readonly max: number) {}

  /** The value that is told in its place. What is told as it is, is to be released. */
  hold(value: string): string {
    const holders = this.#holders.get(value) ?? 0;
    if (holders === 0 && this.#holders.size >= this.max) return 'other';
    this.#holders.set(value, holders + 1);
    return value;
  }

  release(value: string): void {
    const holders = this.#holders.get(value) ?? 0;
    if (holders > 1) this.#holders.set(value, holders - 1);
    else this.#holders.delete(value);
  }
}
