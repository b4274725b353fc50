/** What an attack did and was answered, by words. */
export type Counts = Readonly<Record<string, number>>;

export function countsText(counts: Counts): string {
  return Object.entries(counts)
    .map(([counted, value]) => `${value} ${counted}`)
    .join(', ');
}

export class Tally {
  readonly #counts = new Map<string, number>();

  add(what: string, count = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
  }

  counts(): Counts {
    return Object.fromEntries(this.#counts);
  }
}
