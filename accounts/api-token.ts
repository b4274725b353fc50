import { createHash, randomBytes } from 'node:crypto';

/** By which scanners of secrets, and people, see what it is. */
const prefix = 'vbp_';
const tokenBytes = 32;

/** A new API token: its text, which is told once, and what is kept of it. */
export function newApiToken(): { readonly text: string; readonly sha256: string } {
  const text = prefix + randomBytes(tokenBytes).toString('base64url');
  return { text, sha256: tokenDigest(text) };
}

/**
 * What is kept of a token. One round of SHA-256 is enough, unlike for a password: nobody guesses
 * 256 random bits, however fast the hash, and each request pays for it.
 */
export function tokenDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
