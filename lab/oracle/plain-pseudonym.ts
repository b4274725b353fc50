import { createHmac } from 'node:crypto';

/**
 * What stands of a viewer's id in the raw rows, as docs/protocol.md says and with nothing of the
 * trackers: the first 22 characters, 128 bits of them, of an HMAC-SHA-256 by the salt; empty
 * without a salt, or where the viewer tells none.
 */
export function plainPseudonym(viewer: string | null, salt: string | undefined): string {
  if (viewer === null || salt === undefined) return '';
  const lines = `viblast viewer v1\n${viewer}`;
  const hex = createHmac('sha256', salt).update(lines).digest('hex').slice(0, 32);
  return Buffer.from(hex, 'hex').toString('base64url');
}
