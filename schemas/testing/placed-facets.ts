import type { AnnounceBatch, FacetValue, ToldAnnounce } from '../records.js';

/** A batch of these announces, their facets placed among these values, or those that they have. */
export function placedBatch(
  head: Pick<AnnounceBatch, 'tracker' | 'written'>,
  announces: readonly ToldAnnounce[],
  values: readonly FacetValue[] = [...new Set(announces.flatMap(({ facets }) => facets))],
): AnnounceBatch {
  const { tracker, written } = head;
  return {
    tracker,
    written,
    facetValues: values,
    announces: announces.map((announce) => ({
      ...announce,
      facets: announce.facets.map((value) => values.indexOf(value)),
    })),
  };
}
