import { isIPv6 } from 'node:net';

/** Who has one address of IPv6 has the 2^64 of its network. */
const networkGroups = 4;

/** What counts as one client: an address of IPv4, or the /64 network of one of IPv6. */
export function clientNetwork(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const behind = tail?.split(':').length ?? 0;
  while (tail !== undefined && groups.length + behind < 8) groups.push('0');
  return `${[...groups, ...(tail ?? '').split(':')].slice(0, networkGroups).map(plain).join(':')}::/64`;
}

const plain = (group: string): string => group.replace(/^0+(?=.)/, '');
