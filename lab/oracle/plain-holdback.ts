import { createHash } from 'node:crypto';

/** What each stream holds back, in percent of its sessions; a stream that isn't listed: none. */
export type Holdbacks = ReadonlyMap<string, number>;

/**
 * Whether a session gets no peers, as docs/policy.md defines it and with nothing of the trackers:
 * by the first eight hexadecimal digits of SHA-256 over three lines.
 */
export function isPlainlyHeldBack(stream: string, session: string, holdbacks: Holdbacks): boolean {
  const digits = hashOf(stream, session).slice(0, 8);
  return parseInt(digits, 16) * 100 < (holdbacks.get(stream) ?? 0) * 2 ** 32;
}

/** The session's part of its group, as two decimal digits: the hash's tenth hexadecimal one. */
export function plainPart(stream: string, session: string): string {
  const part = parseInt(hashOf(stream, session).slice(9, 10), 16);
  return part < 10 ? `0${part}` : `${part}`;
}

function hashOf(stream: string, session: string): string {
  const lines = `viblast holdback v1\n${stream}\n${session}`;
  return createHash('sha256').update(lines).digest('hex');
}
