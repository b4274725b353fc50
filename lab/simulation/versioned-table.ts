import type { FacetMinuteRow, MinuteRow, StreamMinuteRow } from '../../clickhouse/index.js';
import { AppError } from '../../service/errors.js';
import type { Faults } from './faults.js';
import type { Random } from './random.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { VirtualClock } from './virtual-clock.js';

export interface VersionedTableOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: Faults;
  readonly onInserted: (rows: readonly MinuteRow[]) => void;
}

/**
 * `stream_minutes` and `stream_minute_facets`: of the rows of one cell or value the one with the
 * highest version counts.
 */
export class VersionedTable {
  readonly #rows = new Map<string, MinuteRow>();
  #awayUntilMs = -Infinity;

  constructor(private readonly options: VersionedTableOptions) {}

  goAway(durationMs: number): void {
    this.#awayUntilMs = this.options.clock.nowMs + durationMs;
  }

  rows(): StreamMinuteRow[] {
    return [...this.#rows.values()].filter((row): row is StreamMinuteRow => !('facet' in row));
  }

  facetRows(): FacetMinuteRow[] {
    return [...this.#rows.values()].filter((row) => 'facet' in row);
  }

  /** An insert of a process: it may fail before or after it wrote. */
  insertOf(process: SimulatedProcess): (rows: readonly MinuteRow[]) => Promise<void> {
    const { clock, random, faults } = this.options;
    return (rows) =>
      new Promise((resolve, reject) => {
        process.awaits();
        if (!process.isAlive) return;
        const answer = (afterMs: number, isTaken: boolean): void =>
          process.after(afterMs, () => {
            process.awaits();
            if (isTaken) resolve();
            else reject(new AppError('clickhouse_unavailable', 'time-out', { retryable: true }));
          });
        if (faults.strikes('insert fails')) {
          answer(random.between(10, 3_000), false);
          return;
        }
        const isSlow = faults.strikes('insert is slow');
        const isUnanswered = faults.strikes('insert fails after writing');
        clock.after(isSlow ? random.between(1_000, 20_000) : random.between(2, 60), () => {
          if (clock.nowMs < this.#awayUntilMs) {
            answer(random.between(10, 500), false);
            return;
          }
          this.#write(rows);
          answer(random.between(2, isUnanswered ? 5_000 : 30), !isUnanswered);
        });
      });
  }

  #write(rows: readonly MinuteRow[]): void {
    for (const row of rows) {
      const key = rowKey(row);
      const present = this.#rows.get(key);
      if (present === undefined || row.version >= present.version) this.#rows.set(key, row);
    }
    this.options.onInserted(rows);
  }
}

/** Two rows of one key are of one cell, or of one value of a facet. */
export function rowKey(row: MinuteRow): string {
  const within = 'facet' in row ? ['facet', row.facet, row.value] : [row.quality, row.browser];
  return [row.stream, row.minute, ...within].join('\0');
}
