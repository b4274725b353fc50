import type { CellMinuteRow, FacetMinuteRow, MinuteRow } from '../../clickhouse/index.js';
import type { InsertRows } from '../../rollup/sinks/clickhouse-sink.js';
import { rowRefusal, type SimulatedClickHouse } from './simulated-clickhouse.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { VirtualClock } from './virtual-clock.js';

export interface VersionedTableOptions {
  readonly clock: VirtualClock;
  readonly clickhouse: SimulatedClickHouse;
  readonly onInserted: (rows: readonly MinuteRow[]) => void;
}

/**
 * `stream_minutes` and `stream_minute_facets`: of the rows of one cell or value the one with the
 * highest version counts.
 */
export class VersionedTable {
  readonly #rows = new Map<string, MinuteRow>();
  #wrongUntilMs = -Infinity;

  constructor(private readonly options: VersionedTableOptions) {}

  rows(): CellMinuteRow[] {
    return [...this.#rows.values()].filter((row): row is CellMinuteRow => !('facet' in row));
  }

  facetRows(): FacetMinuteRow[] {
    return [...this.#rows.values()].filter((row) => 'facet' in row);
  }

  /** They refuse whatever comes, as if they had other columns. */
  beWrong(durationMs: number): void {
    this.#wrongUntilMs = this.options.clock.nowMs + durationMs;
  }

  /** As `InsertRows` of the sink. */
  insertOf(process: SimulatedProcess): InsertRows {
    return ({ cells, facets }) =>
      this.options.clickhouse.insert(process, () => this.#write([...cells, ...facets]));
  }

  #write(rows: readonly MinuteRow[]): void {
    if (this.options.clock.nowMs < this.#wrongUntilMs) throw rowRefusal('no such column');
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
