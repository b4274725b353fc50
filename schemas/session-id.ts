/** A session's 128 random bits as 22 base64url characters in their one canonical form. */
export type SessionId = string & { readonly brand: 'SessionId' };

/**
 * How ids begin that trackers derive for players that have none: what they are derived from is
 * known to others, so nobody may come with one. A random id begins so once in 2^48.
 */
const derivedPrefix = 'derived-';

const shape = /^[A-Za-z0-9_-]{22}$/;

/**
 * The session id, or undefined when the text isn't one in canonical form (unused bits zero), or one
 * that only trackers derive.
 */
export function parseSessionId(text: string): SessionId | undefined {
  if (!shape.test(text) || text.startsWith(derivedPrefix)) return undefined;
  return Buffer.from(text, 'base64url').toString('base64url') === text
    ? (text as SessionId)
    : undefined;
}

/** The session's 16 bytes. */
export function sessionBytes(session: SessionId): Buffer {
  return Buffer.from(session, 'base64url');
}

/** The 16 bytes of a session that is derived from a hash, of which the first 10 bytes are taken. */
export function derivedSession(hash: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(derivedPrefix, 'base64url'), hash.subarray(0, 10)]);
}

/** The session id of 16 bytes. */
export function sessionIdOf(bytes: Buffer): SessionId {
  if (bytes.length !== 16) throw new Error('a session has 16 bytes');
  return bytes.toString('base64url') as SessionId;
}
