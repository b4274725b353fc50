import { groupBy } from '../service/group-by.js';
import { CountsSum } from './counts.js';
import type { Cell, Counts, FacetCell } from './records.js';

/** The value of announces that don't tell a facet which others of their stream's minute tell. */
export const untoldValue = 'untold';

const total = new CountsSum();
const told = new CountsSum();

/**
 * A stream's facets, each with what is left of the stream's total, so that the values of each add
 * up to it.
 */
export function withUntold(
  cells: readonly Pick<Cell, 'counts'>[],
  facets: readonly FacetCell[],
): readonly FacetCell[] {
  if (facets.length === 0) return facets;
  const known = facets.filter(({ value }) => value !== untoldValue);
  for (const { counts } of cells) total.add(counts);
  const withRest = [...known];
  for (const [facet, ofFacet] of groupBy(known, (one) => one.facet)) {
    for (const { counts } of ofFacet) told.add(counts);
    const counts = difference(total, told);
    told.clear();
    if (counts.length > 0) withRest.push({ facet, value: untoldValue, counts });
  }
  total.clear();
  return withRest;
}

/** What is in `all` and not in `part`, which saturated sums may let be more. */
function difference(all: CountsSum, part: CountsSum): Counts {
  const counts: number[] = [];
  for (let place = 0; place < all.end; place += 1) {
    const count = (all.sums[place] ?? 0) - (part.sums[place] ?? 0);
    if (count > 0) counts.push(place, count);
  }
  return counts;
}
