import { isAtLeast } from './at-least.js';

/**
 * The peers' share of what came from the CDN and from peers, seeders left out; null when nothing
 * came from either, or it isn't known: where one stands at its bound, the share may be any.
 */
export function offloadOf(cdnBytes: number | null, peerBytes: number | null): number | null {
  if (cdnBytes === null || peerBytes === null) return null;
  if (isAtLeast(cdnBytes) || isAtLeast(peerBytes)) return null;
  return cdnBytes + peerBytes === 0 ? null : peerBytes / (cdnBytes + peerBytes);
}
