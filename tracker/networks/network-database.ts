import { Reader, type Response } from 'mmdb-lib';
import { nowhere } from '../swarm/network.js';
import type { NetworkFacts } from './address-network.js';
import { ipv4, ipv6, tryEntries } from './try-entries.js';

/** Canonical addresses, and nothing that is none. */
const ipv4Pattern = /^\d+(?:\.\d+){3}$/;
const ipv6Pattern = /^[\da-f]*:[\da-f:]*$/;

/** A file of the MaxMind DB format, such as GeoLite2 ASN or Country. */
export interface NetworkDatabase {
  /** What it knows of a canonical address; of what it doesn't know, that it doesn't. */
  readonly factsOf: (address: string) => NetworkFacts;
  /** When it was built, Unix ms. */
  readonly builtAtMs: number;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** The number of an autonomous system, told as one or as `AS3320`. */
function systemOf(entry: unknown): number {
  const told = field(entry, 'autonomous_system_number') ?? field(entry, 'asn');
  const system = Number(typeof told === 'string' ? told.replace(/^AS/i, '') : told);
  return Number.isInteger(system) && system > 0 && system < 2 ** 32 ? system : nowhere.system;
}

const isCountry = (told: unknown): told is string =>
  typeof told === 'string' && /^[A-Z]{2}$/.test(told);

/** Where it is; of a network of which no file says that, where it is registered. */
function countryOf(entry: unknown): string {
  const country = field(entry, 'country');
  const registered = field(entry, 'registered_country');
  const told = [
    field(country, 'iso_code'),
    field(entry, 'country_code'),
    country,
    field(registered, 'iso_code'),
  ];
  return told.find(isCountry) ?? nowhere.country;
}

/**
 * Reads a whole file. Throws where it is none of this format, and where one of its entries that are
 * tried is broken; `onBroken` is told of each later lookup that meets a broken one.
 */
export function networkDatabase(file: Buffer, onBroken: (error: unknown) => void): NetworkDatabase {
  const reader = new Reader<Response>(file);
  const hasIPv6 = reader.metadata.ipVersion === 6;
  const builtAtMs = reader.metadata.buildEpoch.getTime();
  if (Number.isNaN(builtAtMs)) throw new Error('it does not say when it was built');
  /** The entry of an address, null for none, and the length of the prefix that has it. */
  const find = (address: string): readonly [object | null, number] => {
    const [entry, prefixLength]: [unknown, number] = reader.getWithPrefixLength(address);
    if (typeof entry !== 'object') throw new Error('an entry is no record');
    return [entry, prefixLength];
  };
  tryEntries(find, hasIPv6 ? [ipv4, ipv6] : [ipv4]);
  const entryOf = (address: string): unknown => {
    // A tree of IPv4 alone would take the first 32 bits of IPv6 for an address.
    if (!ipv4Pattern.test(address) && !(hasIPv6 && ipv6Pattern.test(address))) return undefined;
    try {
      return find(address)[0];
    } catch (error) {
      onBroken(error);
      return undefined;
    }
  };
  return {
    factsOf: (address) => {
      const entry = entryOf(address);
      return { system: systemOf(entry), country: countryOf(entry) };
    },
    builtAtMs,
  };
}

/** What several files know together: of each fact, what the first one says that knows it. */
export function factsOfAll(databases: readonly NetworkDatabase[], address: string): NetworkFacts {
  let { system, country }: NetworkFacts = nowhere;
  for (const { factsOf } of databases) {
    const facts = factsOf(address);
    if (system === nowhere.system) system = facts.system;
    if (country === nowhere.country) country = facts.country;
  }
  return { system, country };
}
