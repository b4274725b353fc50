import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** True: it comes from this host. */
function isOfThisHost({ socket }: IncomingMessage): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
}

/**
 * True: it comes from this host, or with the token, and from no page, whose browser would name its
 * origin.
 */
export function mayChange(request: IncomingMessage, token: string): boolean {
  if (request.headers.origin !== undefined) return false;
  return isOfThisHost(request) || (token !== '' && hasToken(request, token));
}

/**
 * True: it comes from this host, or with the token (RFC 6750 §2.1), or there is none to come with.
 */
export function mayRead(request: IncomingMessage, token: string): boolean {
  return token === '' || isOfThisHost(request) || hasToken(request, token);
}

function hasToken(request: IncomingMessage, token: string): boolean {
  const told = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digestOf(told), digestOf(token));
}

/** Of one length, so that comparing takes the same time whatever was told. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
