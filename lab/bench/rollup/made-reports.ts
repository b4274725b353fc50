import { firstAnnounce, type FacetValue } from '../../../schemas/index.js';
import type { Random } from '../../../service/random.js';

/** Renditions that are played. */
export const qualities = ['360p', '480p', '720p', '1080p', '2160p'];

/** A session's 16 random bytes. */
export function madeSession(random: Random): Buffer {
  const session = Buffer.alloc(16);
  for (let at = 0; at < 16; at += 4) session.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  return session;
}

/** Ten values of each of the facets that a tracker tells. */
const facetValues = ['country', 'network', 'device', 'system', 'player'].map((facet) =>
  Array.from({ length: 10 }, (_, index): FacetValue => ({ facet, value: `${facet} ${index}` })),
);

/** A value of so many facets each. */
export function madeFacets(random: Random, facets: number): FacetValue[] {
  return facetValues
    .slice(0, facets)
    .flatMap((values) => values[Math.floor(random() * values.length)] ?? []);
}

export const facetsMax = facetValues.length;

/** What a player may report of its delivery; `below(n)` gives a whole number from 0 to n − 1. */
export function madeDelivery(below: (bound: number) => number) {
  const delivery = firstAnnounce({
    cdnBytes: below(4_000_000),
    peerBytes: below(6_000_000),
    uploadedBytes: below(5_000_000),
    peers: below(12),
    bufferLengthMs: below(30_000),
    liveLatencyMs: 2_000 + below(10_000),
    encodedBitrateKbps: 800 + below(7_000),
    throughputKbps: below(90_000),
    playbackRatePercent: 100,
    droppedFrames: 0,
    errors: 0,
    qualitySwitches: below(10) === 0 ? 1 : 0,
    connectionsTried: below(3),
    connectionsMade: below(2),
  });
  return Object.assign(delivery, { cdnReason: 'connected' } as const);
}
