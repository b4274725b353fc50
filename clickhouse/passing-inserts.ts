import { AppError } from '../service/errors.js';

/** True: ClickHouse refused an insert for what is in its rows. */
export function isRowRefusal(error: unknown): boolean {
  return error instanceof AppError && error.code === 'clickhouse_refused_rows';
}

/** A part that was refused, each time it was tried. */
export interface RefusedPart<Part> {
  readonly part: Part;
  /** What the last try rejected with. */
  readonly error: unknown;
}

/**
 * Inserts parts, and tells those that ClickHouse refuses for what is in them from a table that is
 * wrong (docs/exactness.md#what-fails-is-set-aside).
 */
export class PassingInserts<Part> {
  /** Inserted again it shows whether it is the table that is wrong. */
  #takenBefore: Part | undefined;

  /**
   * `tryInsert`: resolves when all the parts stand. `kept`: what stays as it is of a part that was
   * taken, to be inserted again.
   */
  constructor(
    private readonly tryInsert: (parts: readonly Part[]) => Promise<void>,
    private readonly kept: (part: Part) => Part = (part) => part,
  ) {}

  /** True: some part was taken, so that others can be held against it. */
  get hasTaken(): boolean {
    return this.#takenBefore !== undefined;
  }

  /**
   * Inserts parts, in one go where that is taken, and finds those that are refused, by halves.
   * Resolves with these; the others stand. Rejects where ClickHouse refuses what it took before as
   * well, and with whatever else an insert rejected with: any of the parts may stand then, and none
   * is known to be wrong.
   */
  async insert<One extends Part>(parts: readonly One[]): Promise<readonly RefusedPart<One>[]> {
    const error = await this.#refusalOf(parts);
    if (error === undefined) return [];
    await this.#holdAgainstTaken();
    return this.#insertHalves(parts, error);
  }

  /**
   * Inserts what `refusal` kept out, and resolves with those that are refused twice more between
   * inserts of what was taken before: the table may have been wrong for a moment. Rejects as
   * `insert` does, and with `refusal` where nothing was taken yet.
   */
  async insertAgain<One extends Part>(
    parts: readonly One[],
    refusal: unknown,
  ): Promise<readonly RefusedPart<One>[]> {
    if (!this.hasTaken) throw refusal;
    const once = await this.insert(parts);
    const twice = await this.insert(once.map(({ part }) => part));
    if (twice.length > 0) await this.#holdAgainstTaken();
    return twice;
  }

  async #insertHalves<One extends Part>(
    parts: readonly One[],
    error: unknown,
  ): Promise<readonly RefusedPart<One>[]> {
    const [part] = parts;
    if (part !== undefined && parts.length === 1) return [{ part, error }];
    const middle = parts.length >> 1;
    const refused: RefusedPart<One>[] = [];
    for (const half of [parts.slice(0, middle), parts.slice(middle)]) {
      const refusal = await this.#refusalOf(half);
      if (refusal !== undefined) refused.push(...(await this.#insertHalves(half, refusal)));
    }
    return refused;
  }

  /** What a refused insert rejected with; undefined: all the parts stand. */
  async #refusalOf(parts: readonly Part[]): Promise<unknown> {
    const [first] = parts;
    if (first === undefined) return undefined;
    try {
      await this.tryInsert(parts);
    } catch (error) {
      if (isRowRefusal(error)) return error;
      throw error;
    }
    this.#takenBefore = this.kept(first);
    return undefined;
  }

  async #holdAgainstTaken(): Promise<void> {
    if (this.#takenBefore !== undefined) await this.tryInsert([this.#takenBefore]);
  }
}
