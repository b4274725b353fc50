import type { IncomingHttpHeaders } from 'node:http';
import { canonicalAddress } from './ip-address.js';

/**
 * Which header proxies tell a viewer's address in. `either`: X-Forwarded-For, and Forwarded where
 * that is missing.
 */
export type ProxyHeader = 'either' | 'x-forwarded-for' | 'forwarded' | 'none';

/** As much of a header as is read, from its end: a viewer may have sent any beginning. */
const headerLengthMax = 4_096;

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
// RFC 7239 wants quotes around what is more than a word; not every proxy sets them.
const value = '(?:"(?:[^"\\\\]|\\\\.)*"|[^\\s",;]+)';
const pair = `${token}(?:=${value})?`;
// One way to read each text: a space that two parts may take costs twice the time for each.
const element = new RegExp(`^[ \\t]*${pair}(?:[ \\t]*;(?:[ \\t]*${pair})?)*[ \\t]*$`);

/** What the request says of proxies on its way, for people; undefined: nothing. */
export function tellsOfProxy(headers: IncomingHttpHeaders): string | undefined {
  const told = [headers['x-forwarded-for'], headers.forwarded].flat();
  const texts = told.filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join(' ');
}

/**
 * Where the request came from before the socket's other side, the nearest first, as the header
 * says: canonical addresses, names such as `_hidden` (RFC 7239), undefined for what isn't known.
 */
export function forwardedHops(
  headers: IncomingHttpHeaders,
  header: ProxyHeader,
): Iterable<string | undefined> {
  if (header === 'none') return [];
  const forwardedFor = forwardedForOf(headers);
  if (header === 'x-forwarded-for' || (header === 'either' && forwardedFor !== '')) {
    return hopsOfForwardedFor(forwardedFor);
  }
  return hopsOfForwarded(headers.forwarded ?? '');
}

/** What X-Forwarded-For says; an empty one is as good as none. */
export function forwardedForOf(headers: IncomingHttpHeaders): string {
  return [headers['x-forwarded-for'] ?? ''].flat().join(',').trim();
}

function* hopsOfForwardedFor(text: string): Generator<string | undefined> {
  const nodes = text.slice(-headerLengthMax).split(',');
  for (const node of nodes.toReversed()) {
    if (node.trim() !== '') yield addressOfNode(node.trim().replace(/^"(.*)"$/, '$1'));
  }
}

/**
 * RFC 7239, read from the end: there stands what the nearest proxy wrote, and a quote that a viewer
 * left open in front of it can't swallow it.
 */
function* hopsOfForwarded(text: string): Generator<string | undefined> {
  let rest = text.slice(-headerLengthMax);
  while (rest !== '') {
    let comma = rest.lastIndexOf(',');
    while (comma >= 0 && !isElement(rest.slice(comma + 1))) {
      comma = comma === 0 ? -1 : rest.lastIndexOf(',', comma - 1);
    }
    const last = rest.slice(comma + 1);
    if (!isElement(last)) return;
    if (last.trim() !== '') yield nodeOfElement(last);
    rest = rest.slice(0, Math.max(comma, 0));
  }
}

function isElement(text: string): boolean {
  return text.trim() === '' || element.test(text);
}

function nodeOfElement(text: string): string | undefined {
  for (const [part] of text.matchAll(new RegExp(pair, 'g'))) {
    if (!/^for=/i.test(part)) continue;
    const node = part.slice('for='.length);
    const plain = node.startsWith('"') ? node.slice(1, -1).replace(/\\(.)/g, '$1') : node;
    return /^_[\w.-]+$/.test(plain) ? plain : addressOfNode(plain);
  }
  return undefined;
}

/**
 * `203.0.113.7`, `203.0.113.7:4711` (or `;4711`), `2001:db8::1`, `[2001:db8::1]`,
 * `[2001:db8::1]:80`.
 */
function addressOfNode(node: string): string | undefined {
  const bracketed = /^\[([^\]]+)\](?::[\w.-]+)?$/.exec(node)?.[1];
  const beforePort = /^([\d.]+)[:;][\w.-]*$/.exec(node)?.[1];
  return canonicalAddress(bracketed ?? beforePort ?? node);
}
