import { createHash } from 'node:crypto';

/** Of what is hashed: no stream's key has a line's end. */
const purpose = 'viblast holdback v1';
const shares = 2 ** 32;

/**
 * Whether a session (16 bytes) is among the share that gets no peers: the first four bytes of
 * SHA-256 over `viblast holdback v1`, the stream's key and the session id (22 base64url
 * characters), each on a line of its own, as a share of 2^32. A function of stream and session
 * alone, so it is the same on every tracker and after every way back; who is held back at some
 * share is so at any greater one. (Kohavi, Tang, Xu: Trustworthy Online Controlled Experiments,
 * 2020, ch. 4, on assignment by a hash.)
 */
export function isHeldBack(stream: string, session: Uint8Array, holdbackPercent: number): boolean {
  if (holdbackPercent <= 0) return false;
  const id = Buffer.from(session).toString('base64url');
  const hash = createHash('sha256').update(`${purpose}\n${stream}\n${id}`).digest();
  return hash.readUInt32BE() / shares < holdbackPercent / 100;
}
