import type { InsertRows } from '../../ingest/announce-table.js';
import { isOfRefused } from './refused-batches.js';
import { rowRefusal, type SimulatedClickHouse } from './simulated-clickhouse.js';
import type { SimulatedProcess } from './simulated-process.js';
import { storedRows, type StoredRow } from './stored-rows.js';
import type { VirtualClock } from './virtual-clock.js';

/** `announces`: of the rows of one key the last one stands. */
export class RawTable {
  readonly #rows = new Map<string, StoredRow>();
  #wrongUntilMs = -Infinity;

  constructor(
    private readonly clock: VirtualClock,
    private readonly clickhouse: SimulatedClickHouse,
  ) {}

  get rows(): ReadonlyMap<string, StoredRow> {
    return this.#rows;
  }

  /** It refuses whatever comes, as if it had other columns. */
  beWrong(durationMs: number): void {
    this.#wrongUntilMs = this.clock.nowMs + durationMs;
  }

  insertOf(process: SimulatedProcess): InsertRows {
    return (parts) => {
      // What was sent is the server's: ingest writes other rows into the same memory.
      const sent = parts.map((bytes) => Buffer.from(bytes));
      return this.clickhouse.insert(process, () => this.#write(sent));
    };
  }

  /** What stands before a row that is refused may stay. */
  #write(parts: readonly Buffer[]): void {
    if (this.clock.nowMs < this.#wrongUntilMs) throw rowRefusal('no such column');
    for (const row of parts.flatMap(storedRows)) {
      if (isOfRefused(row.stream)) throw rowRefusal('a row violates a constraint');
      this.#rows.set(row.key, row);
    }
  }
}
