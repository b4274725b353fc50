/**
 * The peers' share of what came from the CDN and from peers, seeders left out; null when nothing
 * came from either, or it isn't known.
 */
export function offloadOf(cdnBytes: number | null, peerBytes: number | null): number | null {
  if (cdnBytes === null || peerBytes === null) return null;
  return cdnBytes + peerBytes === 0 ? null : peerBytes / (cdnBytes + peerBytes);
}
