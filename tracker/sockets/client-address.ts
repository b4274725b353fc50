import { BlockList, isIP } from 'node:net';
import { canonicalAddress } from './ip-address.js';

/** Proxies that are believed. `list` has addresses and networks (`10.0.0.0/8`). */
export function trustedProxies(list: readonly string[]): BlockList {
  const trusted = new BlockList();
  for (const entry of list) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address);
    const bitsMax = family === 6 ? 128 : 32;
    const bits = prefix === undefined ? bitsMax : Number(prefix);
    if (family === 0 || prefix === '' || !Number.isInteger(bits) || bits < 0 || bits > bitsMax) {
      throw new Error(`"${entry}" is neither an address nor a network`);
    }
    trusted.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  }
  return trusted;
}

/** True: the canonical address is one of a trusted proxy. */
export function isTrusted(address: string, trusted: BlockList): boolean {
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Where a viewer connects from: the socket's address, or behind trusted proxies the nearest hop
 * that isn't a trusted proxy's own (any behind it could be made up).
 */
export function clientAddress(
  socketAddress: string,
  hops: Iterable<string | undefined>,
  trusted: BlockList,
): string {
  let address = canonicalAddress(socketAddress) ?? '';
  const previous = hops[Symbol.iterator]();
  while (isTrusted(address, trusted)) {
    const next = previous.next();
    if (next.done === true || next.value === undefined) break;
    address = next.value;
  }
  return address;
}
