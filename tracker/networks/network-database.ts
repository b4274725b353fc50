import { Reader, type Response } from 'mmdb-lib';
import { nowhere } from '../swarm/network.js';
import type { NetworkFacts } from './address-network.js';

/** Any address: whether a lookup works is better known before viewers come. */
const triedAddress = '192.0.2.1';

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

function countryOf(entry: unknown): string {
  const country = field(entry, 'country');
  const told = field(country, 'iso_code') ?? field(entry, 'country_code') ?? country;
  return typeof told === 'string' && /^[A-Z]{2}$/.test(told) ? told : nowhere.country;
}

/** Reads a whole file; throws where it is none of this format. */
export function networkDatabase(file: Buffer): NetworkDatabase {
  const reader = new Reader<Response>(file);
  const entryOf = (address: string): unknown => {
    try {
      return reader.get(address);
    } catch {
      // An IPv6 address in a file that has IPv4 alone, or a file that is broken in one place.
      return undefined;
    }
  };
  reader.get(triedAddress);
  return {
    factsOf: (address) => {
      const entry = entryOf(address);
      return { system: systemOf(entry), country: countryOf(entry) };
    },
    builtAtMs: reader.metadata.buildEpoch.getTime(),
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
