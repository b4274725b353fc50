/** Where a peer is in the network, in a form that tells no address. */
export interface Network {
  /** A number that its block of addresses (/24, of IPv6 /48) shares with others; 0: not known. */
  readonly block: number;
  /** Number of its autonomous system; 0: not known. */
  readonly system: number;
  /** Two letters; empty: not known. */
  readonly country: string;
}

export const nowhere: Network = { block: 0, system: 0, country: '' };

/** How near two peers are, and by which of these an index looks. */
export type Nearness = 'block' | 'system' | 'country' | 'unknown';

/** The nearest that two peers have in common. */
export function nearnessOf(one: Network, other: Network): Nearness {
  if (one.block !== 0 && one.block === other.block) return 'block';
  if (one.system !== 0 && one.system === other.system) return 'system';
  if (one.country !== '' && one.country === other.country) return 'country';
  return 'unknown';
}

/** The network in one text, for other trackers: `block/system/country`; empty where unknown. */
export function networkText({ block, system, country }: Network): string {
  return block === 0 && system === 0 && country === '' ? '' : `${block}/${system}/${country}`;
}

/** What `networkText` wrote; nowhere, where the text is anything else. */
export function parseNetwork(text: string): Network {
  const match = /^(\d{1,5})\/(\d{1,10})\/([A-Z]{2})?$/.exec(text);
  if (match === null) return nowhere;
  return { block: Number(match[1]), system: Number(match[2]), country: match[3] ?? '' };
}
