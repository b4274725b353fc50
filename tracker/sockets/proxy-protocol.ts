import { canonicalAddress } from './ip-address.js';

/** What stands at the beginning of a connection. */
export type ProxyHeaderRead =
  /** Not all of it has come. */
  | { readonly kind: 'more' }
  | { readonly kind: 'wrong'; readonly detail: string }
  /** `address` is undefined where the proxy speaks for itself, as its health checks do. */
  | { readonly kind: 'read'; readonly address: string | undefined; readonly length: number };

const more: ProxyHeaderRead = { kind: 'more' };
const signatureV1 = Buffer.from('PROXY ');
const signatureV2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n');
const lengthMaxV1 = 107;
const headLengthV2 = 16;
/** Addresses have 36 bytes at most; the rest is room for what proxies add (TLVs). */
const bodyLengthMaxV2 = 4_096;
const local = 0;
const proxied = 1;
const addressLengths: Readonly<Record<number, number>> = { 1: 4, 2: 16 };

function wrong(detail: string): ProxyHeaderRead {
  return { kind: 'wrong', detail };
}

/**
 * Reads the PROXY protocol's header, version 1 or 2 (HAProxy's proxy-protocol.txt), from the first
 * bytes of a connection, of which there may be any number.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeaderRead {
  if (beginsLike(bytes, signatureV2)) return readV2(bytes);
  if (beginsLike(bytes, signatureV1)) return readV1(bytes);
  return wrong('the connection does not begin with a PROXY header');
}

/** True: the bytes are as those of the signature, as far as there are any. */
function beginsLike(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length);
  return bytes.subarray(0, length).equals(signature.subarray(0, length));
}

function readV1(bytes: Buffer): ProxyHeaderRead {
  const end = bytes.subarray(0, lengthMaxV1).indexOf('\r\n');
  if (end < 0) {
    return bytes.length < lengthMaxV1 ? more : wrong('a PROXY line of more than 107 bytes');
  }
  const length = end + 2;
  const line = bytes.toString('latin1', 0, end);
  if (/^PROXY UNKNOWN( |$)/.test(line)) return { kind: 'read', address: undefined, length };
  const [, family, source = ''] = /^PROXY TCP([46]) (\S+) \S+ \d{1,5} \d{1,5}$/.exec(line) ?? [];
  const address = source.includes(':') === (family === '6') ? canonicalAddress(source) : undefined;
  if (address === undefined) return wrong('a PROXY line that says no address');
  return { kind: 'read', address, length };
}

function readV2(bytes: Buffer): ProxyHeaderRead {
  if (bytes.length < headLengthV2) return more;
  const command = bytes.readUInt8(12);
  const family = bytes.readUInt8(13) >> 4;
  const bodyLength = bytes.readUInt16BE(14);
  if (command >> 4 !== 2 || (command & 15) > proxied) return wrong('not version 2 of PROXY');
  if (bodyLength > bodyLengthMaxV2) return wrong('a PROXY header that is too long');
  const length = headLengthV2 + bodyLength;
  if (bytes.length < length) return more;
  const addressLength = addressLengths[family];
  if ((command & 15) === local || addressLength === undefined) {
    return { kind: 'read', address: undefined, length };
  }
  // Two addresses, two ports.
  if (bodyLength < 2 * addressLength + 4) return wrong('a PROXY header without its addresses');
  const source = bytes.subarray(headLengthV2, headLengthV2 + addressLength);
  const text = family === 1 ? [...source].join('.') : groupsOf(source).join(':');
  return { kind: 'read', address: canonicalAddress(text), length };
}

function groupsOf(address: Buffer): string[] {
  return Array.from({ length: 8 }, (_, index) => address.readUInt16BE(index * 2).toString(16));
}
