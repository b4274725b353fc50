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
  const all = total.counts();
  total.clear();
  const withRest = [...known];
  for (const [facet, ofFacet] of groupBy(known, (one) => one.facet)) {
    for (const { counts } of ofFacet) told.add(counts);
    const counts = difference(all, told.sums);
    told.clear();
    if (counts.length > 0) withRest.push({ facet, value: untoldValue, counts });
  }
  return withRest;
}

/** What is in `all` and not in the part, which saturated sums may let be more. */
function difference(all: Counts, part: Float64Array): Counts {
  const counts: number[] = [];
  for (let at = 0; at < all.length; at += 2) {
    const place = all[at] ?? 0;
    const count = (all[at + 1] ?? 0) - (part[place] ?? 0);
    if (count > 0) counts.push(place, count);
  }
  return counts;
}
