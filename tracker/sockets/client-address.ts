import { BlockList, isIP } from 'node:net';

/** Proxies whose X-Forwarded-For is believed. `list` has addresses and networks (`10.0.0.0/8`). */
export function trustedProxies(list: readonly string[]): BlockList {
  const trusted = new BlockList();
  for (const entry of list) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address);
    const bitsMax = family === 6 ? 128 : 32;
    const bits = prefix === undefined ? bitsMax : Number(prefix);
    if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > bitsMax) {
      throw new Error(`"${entry}" is neither an address nor a network`);
    }
    trusted.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  }
  return trusted;
}

/** IPv4 in its own form, also where the system tells it inside IPv6. */
function plainAddress(address: string): string {
  const inner = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address.trim());
  return inner?.[1] ?? address.trim();
}

function isTrusted(address: string, trusted: BlockList): boolean {
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Where a viewer connects from: the socket's address, or behind trusted proxies the last address in
 * X-Forwarded-For that isn't a trusted proxy's own (anything before it could be made up).
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trusted: BlockList,
): string {
  let address = plainAddress(socketAddress ?? '');
  const hops = (forwardedFor ?? '').split(',').map(plainAddress);
  while (isTrusted(address, trusted)) {
    const previous = hops.pop();
    if (previous === undefined || isIP(previous) === 0) break;
    address = previous;
  }
  return address;
}
