/** A session's 128 random bits as 22 base64url characters in their one canonical form. */
export type SessionId = string & { readonly brand: 'SessionId' };

const shape = /^[A-Za-z0-9_-]{22}$/;

/** The session id, or undefined when the text isn't one in canonical form (unused bits zero). */
export function parseSessionId(text: string): SessionId | undefined {
  if (!shape.test(text)) return undefined;
  return Buffer.from(text, 'base64url').toString('base64url') === text
    ? (text as SessionId)
    : undefined;
}

/** The session's 16 bytes. */
export function sessionBytes(session: SessionId): Buffer {
  return Buffer.from(session, 'base64url');
}

/** The session id of 16 bytes. */
export function sessionIdOf(bytes: Buffer): SessionId {
  if (bytes.length !== 16) throw new Error('a session has 16 bytes');
  return bytes.toString('base64url') as SessionId;
}
