import { createHash } from 'node:crypto';
import { holdbackParts } from '../../schemas/index.js';

/** Of what is hashed: no stream's key has a line's end. */
const purpose = 'viblast holdback v1';
const shares = 2 ** 32;

/** What a session is by chance. */
export interface HoldbackDraw {
  /** 0 … 1: it is held back where the share that is asked for is greater. */
  readonly share: number;
  /** Its part of its group, 0 … 15, whatever the share is. */
  readonly part: number;
}

/**
 * Draws for a session (16 bytes) whether it is among the share that gets no peers: by the first
 * four bytes of SHA-256 over `viblast holdback v1`, the stream's key and the session id (22
 * base64url characters), each on a line of its own, as a share of 2^32; and its part by the fifth.
 * A function of stream and session alone, so it is the same on every tracker and after every way
 * back; who is held back at some share is so at any greater one. (Kohavi, Tang, Xu: Trustworthy
 * Online Controlled Experiments, 2020, ch. 4, on assignment by a hash.)
 */
export function holdbackDraw(stream: string, session: Uint8Array): HoldbackDraw {
  const id = Buffer.from(session).toString('base64url');
  const hash = createHash('sha256').update(`${purpose}\n${stream}\n${id}`).digest();
  return { share: hash.readUInt32BE() / shares, part: hash.readUInt8(4) % holdbackParts };
}
