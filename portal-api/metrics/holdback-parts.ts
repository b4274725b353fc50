import {
  holdbackFacets,
  holdbackGroups,
  holdbackPart,
  holdbackParts,
} from '../../schemas/index.js';
import { bounded } from './at-least.js';
import { facetValues, PartedValues, type FacetSubject } from './facet-values.js';
import type { HoldbackPart } from './holdback-verdict.js';
import type { MetricsReader } from './metrics-reader.js';
import type { Steps } from './steps.js';

/** The sums that Graphite has of a part (docs/graphite.md#facets). */
const sumMetrics = {
  watchedMs: 'watched_ms',
  stalledMs: 'stalled_ms',
  startingMs: 'starting_ms',
  viewsPlayed: 'views_played',
  playedBits: 'played_bits',
  playedBitrateMs: 'played_bitrate_ms',
} as const satisfies Record<keyof HoldbackPart, string>;

/** Both groups by their parts, over all of a range as far as it is known. */
export interface HoldbackGroups {
  readonly withPeers: readonly HoldbackPart[];
  readonly heldBack: readonly HoldbackPart[];
}

/** Rejects with AppError `graphite_unavailable`. */
export async function readHoldbackParts(
  reader: MetricsReader,
  subject: FacetSubject,
  asked: readonly Steps[],
): Promise<HoldbackGroups> {
  const folds = Object.fromEntries(
    Object.values(sumMetrics).map((metric) => [metric, 'sum' as const]),
  );
  const read = await facetValues(reader, subject, { facet: holdbackFacets.part, folds }, asked);
  const partOf = (value: string): HoldbackPart => {
    const base = read.bases.get(value);
    const values = base === undefined ? undefined : new PartedValues(read.parts, base);
    const sum = (name: keyof HoldbackPart): number => {
      const steps = values?.of(sumMetrics[name]) ?? [];
      return bounded(steps.reduce<number>((all, one) => all + (one ?? 0), 0));
    };
    return {
      watchedMs: sum('watchedMs'),
      stalledMs: sum('stalledMs'),
      startingMs: sum('startingMs'),
      viewsPlayed: sum('viewsPlayed'),
      playedBits: sum('playedBits'),
      playedBitrateMs: sum('playedBitrateMs'),
    };
  };
  const { withPeers, heldBack } = holdbackGroups;
  const parts = Array.from({ length: holdbackParts }, (_, part) => part);
  return {
    withPeers: parts.map((part) => partOf(holdbackPart(withPeers, part))),
    heldBack: parts.map((part) => partOf(holdbackPart(heldBack, part))),
  };
}
