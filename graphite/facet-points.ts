import { counterTable, holdbackFacets, countAt, type FacetCell } from '../schemas/index.js';
import { tellSums, type Tell } from './points.js';

/**
 * Of the parts of a holdback's groups the sums that a verdict is made of: ratios of few viewers
 * can't be put together, and all that there is of 32 values would be many files.
 */
const partSums = [
  counterTable.watchedMs,
  counterTable.stalledMs,
  counterTable.viewsPlayed,
  counterTable.startingMs,
  counterTable.playedBits,
  counterTable.playedBitrateMs,
].map(({ place, column }) => ({ place, metric: `.${column}` }));

/** True: Graphite is told of the facet where a stream asks for these. */
export function isFacetAsked(facet: string, asked: readonly string[]): boolean {
  return asked.includes(facet === holdbackFacets.part ? holdbackFacets.group : facet);
}

/**
 * Tells every point of a facet's value in a minute, each by its name after `facetBase`: what
 * `tellSums` tells, and of `holdback_part` sums alone, those that aren't 0.
 */
export function tellFacet(
  { facet, counts }: Pick<FacetCell, 'facet' | 'counts'>,
  intervalMs: number,
  tell: Tell,
): void {
  if (facet !== holdbackFacets.part) {
    tellSums([{ counts }], intervalMs, tell);
    return;
  }
  for (const { place, metric } of partSums) {
    const value = countAt(counts, place);
    if (value > 0) tell(metric, value);
  }
}
