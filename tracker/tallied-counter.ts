import { Counter, type Registry } from 'prom-client';

/**
 * A counter that is counted up for every message: it keeps its figures itself, and hands them over
 * when somebody asks for the metrics. prom-client finds the series of a label anew each time, which
 * takes longer than reading a message.
 */
export class TalliedCounter<Label extends string> {
  readonly #counts = new Map<string, number>();

  /** `labelNames`: what its words are values of, in their order. */
  constructor(
    registry: Registry,
    name: string,
    help: string,
    private readonly labelNames: readonly Label[],
  ) {
    const handOver = (counter: Counter): void => this.#handOver(counter);
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        handOver(this);
      },
    });
  }

  /** `words`: the labels' values with a space between, and no other. */
  add(words: string, count = 1): void {
    this.#counts.set(words, (this.#counts.get(words) ?? 0) + count);
  }

  #handOver(counter: Counter): void {
    counter.reset();
    for (const [words, count] of this.#counts) {
      const values = words.split(' ');
      const labels = this.labelNames.map((name, index) => [name, values[index] ?? ''] as const);
      counter.inc(Object.fromEntries(labels), count);
    }
  }
}
