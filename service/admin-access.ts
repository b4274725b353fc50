import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** True: it comes from this host. */
function isOfThisHost({ socket }: IncomingMessage): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
}

/** True: it comes from this host, and from no page, whose browser would name its origin. */
export function mayChange(request: IncomingMessage): boolean {
  return isOfThisHost(request) && request.headers.origin === undefined;
}

/**
 * True: it comes from this host, or with the token (RFC 6750 §2.1), or there is none to come with.
 */
export function mayRead(request: IncomingMessage, token: string): boolean {
  if (token === '' || isOfThisHost(request)) return true;
  const told = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digestOf(told), digestOf(token));
}

/** Of one length, so that comparing takes the same time whatever was told. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
