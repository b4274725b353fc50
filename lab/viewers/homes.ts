import { BlockList } from 'node:net';

/** Where a viewer is, as a file of networks tells it. */
export interface Home {
  /** Its addresses, as such files name them. */
  readonly range: string;
  readonly country: string;
  readonly system: number;
}

/**
 * Where viewers with loopback addresses of their own are: three networks in two countries. The last
 * quarter of the addresses is in no file.
 */
export const homes: readonly Home[] = [
  { range: '127.0.0.0/10', country: 'DE', system: 64_500 },
  { range: '127.64.0.0/10', country: 'DE', system: 64_501 },
  { range: '127.128.0.0/10', country: 'FR', system: 64_502 },
];

/** The home of a loopback address; undefined where no file knows it. */
export function homeOf(address: string): Home | undefined {
  return ranges.find(({ addresses }) => addresses.check(address))?.home;
}

const ranges = homes.map((home) => {
  const [network = '', bits] = home.range.split('/');
  const addresses = new BlockList();
  addresses.addSubnet(network, Number(bits));
  return { home, addresses };
});
