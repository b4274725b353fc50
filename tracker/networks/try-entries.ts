import { messageOf } from '../../service/errors.js';

/** Addresses of one version of IP, and how thickly its entries are tried. */
interface AddressFamily {
  readonly bits: number;
  /** One entry is tried of each block of addresses with a prefix so long. */
  readonly triedPrefixLength: number;
  readonly textOf: (address: bigint) => string;
}

/**
 * Some dozens of entries of either: of IPv6 an eighth of the addresses is given out, and most of
 * that thinly.
 */
export const ipv4: AddressFamily = {
  bits: 32,
  triedPrefixLength: 6,
  textOf: (address) => [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.'),
};
export const ipv6: AddressFamily = {
  bits: 128,
  triedPrefixLength: 10,
  textOf: (address) => {
    const digits = address.toString(16).padStart(32, '0');
    return (digits.match(/.{4}/g) ?? []).join(':');
  },
};

/** A tree that is broken may lead nowhere from each address by itself. */
const lookupsMax = 4_096;

/** The entry of an address, null for none, and the length of the prefix that shares it. */
export type FindEntry = (address: string) => readonly [entry: object | null, prefixLength: number];

/**
 * Tries entries all over a tree of networks, so that a file that is broken inside is known before
 * viewers come. Throws, with the address, where one can't be read, and where there is none.
 */
export function tryEntries(find: FindEntry, families: readonly AddressFamily[]): void {
  const tried = families.reduce((sum, family) => sum + tryFamily(find, family), 0);
  if (tried === 0) throw new Error('it has no entry for any address');
}

function tryFamily(find: FindEntry, { bits, triedPrefixLength, textOf }: AddressFamily): number {
  let tried = 0;
  let address = 0n;
  for (let lookups = 0; lookups < lookupsMax && address < 1n << BigInt(bits); lookups += 1) {
    const [entry, prefixLength] = findNamed(find, textOf(address));
    if (entry !== null) tried += 1;
    const passed = entry === null ? prefixLength : Math.min(prefixLength, triedPrefixLength);
    const hostBits = BigInt(bits - passed);
    address = ((address >> hostBits) + 1n) << hostBits;
  }
  return tried;
}

function findNamed(find: FindEntry, address: string): ReturnType<FindEntry> {
  try {
    return find(address);
  } catch (error) {
    throw new Error(`its entry of ${address} is broken: ${messageOf(error)}`, { cause: error });
  }
}
