import { leadingGroups } from '../sockets/ip-address.js';
import type { Network } from '../swarm/network.js';

/** So many numbers stand for all blocks, each for hundreds: none of them tells an address. */
const blockNumbers = 65_535;
/** Groups of an IPv6 address that make a /48: what a site is given. */
const siteGroups = 3;

/** What a database may know of an address. */
export type NetworkFacts = Pick<Network, 'system' | 'country'>;

/** FNV-1a (Fowler, Noll and Vo), 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

function blockOf(address: string): number {
  const site = /^\d+\.\d+\.\d+(?=\.\d+$)/.exec(address)?.[0];
  if (site === undefined && !address.includes(':')) return 0;
  const block = site ?? leadingGroups(address, siteGroups).join(':');
  return 1 + (hashOf(block) % blockNumbers);
}

/** Where a canonical address is in the network; the address can't be told from it. */
export function networkOfAddress(address: string, facts: NetworkFacts): Network {
  return { block: blockOf(address), ...facts };
}
