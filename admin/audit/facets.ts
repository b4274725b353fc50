import {
  cellOfRow,
  facetCellOfRow,
  minuteRow,
  fullFacetRow,
  type FullFacetMinuteRow,
  type StreamMinuteRow,
} from '../../clickhouse/index.js';
import { withUntold } from '../../schemas/index.js';
import { groupBy } from '../../service/group-by.js';

/** The facets of one stream's minutes, each with what is left of the cells that were counted. */
export function withUntoldRows(
  cells: readonly StreamMinuteRow[],
  facets: readonly FullFacetMinuteRow[],
  intervalMs: number,
): FullFacetMinuteRow[] {
  const cellsOf = groupBy(cells, ({ minute }) => minute);
  return [...groupBy(facets, ({ minute }) => minute)].flatMap(([minute, rows]) => {
    const total = (cellsOf.get(minute) ?? []).map(cellOfRow);
    return withUntold(total, rows.map(facetCellOfRow)).map((facet) => {
      const place = { stream: rows[0]?.stream ?? '', minute, version: 0 };
      return fullFacetRow(minuteRow(place, facet, intervalMs));
    });
  });
}
