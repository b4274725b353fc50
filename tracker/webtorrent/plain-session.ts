import { createHash } from 'node:crypto';
import { derivedSession } from '../../schemas/index.js';

/**
 * The session that a peer_id stands for where its player has none of its own, the same on every
 * tracker: 16 bytes that begin as no session may that somebody comes with, and go on with a
 * SHA-256. A seeder's is another one: peers know each other's peer_ids, and who says that a
 * viewer's is a seeder must not take it out of the viewers. No stream's key has a line's end.
 */
export function plainSessionOf(stream: string, peerId: string, isSeeder = false): Buffer {
  const whose = isSeeder ? 'plain seeder' : 'plain socket';
  const text = `viblast ${whose} v1\n${stream}\n${peerId}`;
  return derivedSession(createHash('sha256').update(text, 'latin1').digest());
}
