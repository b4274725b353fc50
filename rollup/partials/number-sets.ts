/** Sets of numbers by a key, for the few sessions whose numbers don't fit their mask. */
export class NumberSets {
  readonly #sets = new Map<number, Set<number>>();

  /** True when the number is added now, false when it was there before. */
  add(key: number, number: number): boolean {
    let numbers = this.#sets.get(key);
    if (numbers === undefined) {
      numbers = new Set();
      this.#sets.set(key, numbers);
    }
    if (numbers.has(number)) return false;
    numbers.add(number);
    return true;
  }
}
