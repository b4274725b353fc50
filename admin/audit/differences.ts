/** One value that is not what the count says. */
export interface Difference {
  readonly sink: 'clickhouse' | 'graphite';
  /** `*`: over all streams. */
  readonly stream: string;
  readonly minute: number;
  /** Of the cell; a metric of Graphite names them itself. */
  readonly quality?: string;
  readonly browser?: string;
  /** A value of a facet in place of a cell. */
  readonly facet?: string;
  readonly value?: string;
  /**
   * A column of `stream_minutes` or `stream_minute_facets`, with the bucket where it is a
   * histogram, or a metric of Graphite.
   */
  readonly counter: string;
  readonly expected: number;
  /** Null: there is no point, where there has to be one. */
  readonly found: number | null;
}

/** Differences, of which the first are kept and all are counted. */
export class Differences {
  readonly #kept: Difference[] = [];
  #count = 0;

  constructor(private readonly keptMax: number) {}

  add(difference: Difference): void {
    this.#count += 1;
    if (this.#kept.length < this.keptMax) this.#kept.push(difference);
  }

  get count(): number {
    return this.#count;
  }

  get kept(): readonly Difference[] {
    return this.#kept;
  }
}
