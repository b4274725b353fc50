import { isIP, SocketAddress } from 'node:net';

/**
 * The one way to write an address: IPv4 in its own form, also where it is told inside IPv6; IPv6 in
 * lower case and as short as can be, without its zone. Undefined where the text is no address.
 */
export function canonicalAddress(text: string): string | undefined {
  const address = text.trim().replace(/%.*$/, '');
  const family = isIP(address);
  if (family === 0) return undefined;
  if (family === 4) return address;
  const short = new SocketAddress({ address, family: 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(short)?.[1] ?? short;
}

/**
 * What counts as one address: an IPv4 address; of IPv6 the /64, in which one household or machine
 * chooses freely. Takes canonical addresses; any other text stands for itself.
 */
export function addressBlock(address: string): string {
  return isIP(address) === 6 ? `${leadingGroups(address, 4).join(':')}::/64` : address;
}

/** The first of an IPv6 address's eight groups, of which the last two may be written as IPv4. */
export function leadingGroups(address: string, count: 1 | 2 | 3 | 4): string[] {
  const [head = [], tail] = address
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  if (tail === undefined) return head.slice(0, count);
  const told = head.length + tail.length + (address.includes('.') ? 1 : 0);
  const zeros = Array.from({ length: 8 - told }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, count);
}
