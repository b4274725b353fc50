import type { FacetAnswer } from '../api/shapes.js';
import { bytes, count } from '../format.js';

interface FacetColumn {
  readonly name: string;
  readonly of: 'viewers' | 'viewsPlayed' | 'peerBytes' | 'cdnBytes';
  readonly text: (value: FacetAnswer['values'][number]['viewers']) => string;
}

/** What is told of each value of a facet, by names that say no other figure of the page. */
export const facetColumns: readonly FacetColumn[] = [
  { name: 'Viewers, mean', of: 'viewers', text: count },
  { name: 'Views played', of: 'viewsPlayed', text: count },
  { name: 'From peers', of: 'peerBytes', text: bytes },
  { name: 'From the CDN', of: 'cdnBytes', text: bytes },
];
