import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { RegisteredStream } from '../../registry/index.js';

/** How long a viewer may come back without its join token. */
export interface TicketTimes {
  /** A ticket's own life. */
  readonly lifetimeMs: number;
  /** From the join by token; tickets that renew one another end with it, stolen ones too. */
  readonly totalMs: number;
}

/** By which of the stream's token keys a viewer was let in, and when it came with its token. */
export interface Grant {
  readonly kid: string;
  readonly sinceMs: number;
  /** Who watches, where the token says it. */
  readonly viewer?: string | undefined;
}

/** What a ticket is good for. */
interface TicketContent extends Grant {
  readonly stream: string;
  readonly session: string;
  readonly untilMs: number;
}

export type TicketCheck =
  | { readonly kind: 'valid'; readonly grant: Grant }
  | { readonly kind: 'expired' }
  | { readonly kind: 'wrong'; readonly detail: string };

/** How far the clocks of two trackers may be apart. */
const clockToleranceMs = 5_000;

/**
 * A ticket with which this session comes back to the stream, on any tracker, when its join token
 * has expired; undefined where the stream has the key no more or the total time is over. It is
 * signed by a key derived (HKDF, RFC 5869) from the token key that let the viewer in: trackers
 * share no other secret, neither can stand for the other, and who takes the key out of the registry
 * ends both.
 */
export function makeTicket(
  stream: RegisteredStream,
  session: string,
  grant: Grant,
  times: TicketTimes,
  nowMs: number,
): string | undefined {
  const key = ticketKey(stream, grant.kid);
  if (key === undefined) return undefined;
  const { sinceMs } = grant;
  const untilMs = Math.min(nowMs + times.lifetimeMs, sinceMs + times.totalMs);
  if (untilMs <= nowMs) return undefined;
  const content: TicketContent = { ...grant, stream: stream.key, session, untilMs };
  const text = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${text}.${signed(text, key).toString('base64url')}`;
}

/** What a ticket that somebody came with is worth, by the stream's keys of today. */
export function checkTicket(
  ticket: string,
  stream: RegisteredStream,
  session: string,
  times: TicketTimes,
  nowMs: number,
): TicketCheck {
  const wrong = (detail: string): TicketCheck => ({ kind: 'wrong', detail });
  const [text = '', signature = '', ...rest] = ticket.split('.');
  const claimed = rest.length === 0 ? readContent(text) : undefined;
  const key = claimed === undefined ? undefined : ticketKey(stream, claimed.kid);
  if (claimed === undefined || key === undefined || !isSigned(text, signature, key)) {
    return wrong('the ticket is not one of ours, or its key is there no more');
  }
  if (claimed.stream !== stream.key) return wrong('the ticket is for another stream');
  if (claimed.session !== session) return wrong('the ticket is for another session');
  const { kid, sinceMs, viewer } = claimed;
  const untilMs = Math.min(claimed.untilMs, sinceMs + times.totalMs);
  if (nowMs >= untilMs + clockToleranceMs) return { kind: 'expired' };
  return { kind: 'valid', grant: { kid, sinceMs, viewer } };
}

function ticketKey({ tokenKeys }: RegisteredStream, kid: string): Buffer | undefined {
  const tokenKey = tokenKeys.find((candidate) => candidate.kid === kid);
  if (tokenKey === undefined) return undefined;
  const secret = Buffer.from(tokenKey.secret, 'base64url');
  return Buffer.from(hkdfSync('sha256', secret, '', 'viblast resume ticket v1', 32));
}

function signed(text: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function isSigned(text: string, signature: string, key: Buffer): boolean {
  const told = Buffer.from(signature, 'base64url');
  const right = signed(text, key);
  return told.length === right.length && timingSafeEqual(told, right);
}

/** What the ticket says, not checked yet; undefined where it says nothing readable. */
function readContent(text: string): TicketContent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { kid, stream, session, sinceMs, untilMs, viewer } = value as Record<string, unknown>;
  const isComplete =
    typeof kid === 'string' &&
    typeof stream === 'string' &&
    typeof session === 'string' &&
    typeof sinceMs === 'number' &&
    typeof untilMs === 'number';
  if (!isComplete) return undefined;
  const known = typeof viewer === 'string' ? viewer : undefined;
  return { kid, stream, session, sinceMs, untilMs, viewer: known };
}
