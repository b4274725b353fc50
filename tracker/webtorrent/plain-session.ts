import { createHash } from 'node:crypto';

/**
 * The session that a peer_id stands for where its player has none of its own, the same on every
 * tracker: 16 bytes of a SHA-256. No stream's key has a line's end.
 */
export function plainSessionOf(stream: string, peerId: string): Buffer {
  const text = `viblast plain socket v1\n${stream}\n${peerId}`;
  return createHash('sha256').update(text, 'latin1').digest().subarray(0, 16);
}
