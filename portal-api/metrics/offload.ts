/** The share that came from peers; null when nothing came at all, or it isn't known. */
export function offloadOf(cdnBytes: number | null, peerBytes: number | null): number | null {
  if (cdnBytes === null || peerBytes === null) return null;
  return cdnBytes + peerBytes === 0 ? null : peerBytes / (cdnBytes + peerBytes);
}
