import {
  minuteRow,
  type CellMinuteRow,
  type CellPlace,
  type FacetMinuteRow,
} from '../../clickhouse/index.js';
import { allStreams } from '../../schemas/index.js';
import type { StreamTotal } from '../totals/minute-totals.js';
import type { MinuteWrite } from './sink.js';

/** The rows of a stream's minute, or of one of them. */
export interface RowsOfStream extends CellPlace {
  readonly countMax: number;
  cells(): readonly CellMinuteRow[];
  facets(): readonly FacetMinuteRow[];
}

/** Made when they are sent, each time: a stream may have many that wait. */
class RowsOfTotal implements RowsOfStream {
  readonly stream: string;

  constructor(
    private readonly total: StreamTotal,
    readonly minute: number,
    readonly version: number,
    private readonly intervalMs: number,
  ) {
    this.stream = total.stream;
  }

  get countMax(): number {
    return this.total.cells.length + (this.total.facets?.countMax ?? 0);
  }

  cells(): CellMinuteRow[] {
    return this.total.cells.map((cell) => minuteRow(this, cell, this.intervalMs));
  }

  facets(): FacetMinuteRow[] {
    const facets = this.total.facets?.add() ?? [];
    return facets.map((facet) => minuteRow(this, facet, this.intervalMs));
  }
}

/**
 * The rows of a write: every cell and facet of every stream but the one over all streams, which a
 * query sums up.
 */
export function rowsOfStreams(
  { minute, version, totals }: MinuteWrite,
  intervalMs: number,
): RowsOfStream[] {
  return totals
    .filter(({ stream }) => stream !== allStreams)
    .map((total) => new RowsOfTotal(total, minute, version, intervalMs));
}

/** Each of a stream's rows alone. */
export function eachAlone(
  { stream, minute, version }: CellPlace,
  cells: Iterable<CellMinuteRow>,
  facets: Iterable<FacetMinuteRow>,
): RowsOfStream[] {
  const none = { stream, minute, version, countMax: 1, cells: () => [], facets: () => [] };
  return [
    ...Array.from(cells, (row) => ({ ...none, cells: () => [row] })),
    ...Array.from(facets, (row) => ({ ...none, facets: () => [row] })),
  ];
}
