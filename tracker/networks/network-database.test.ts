import { describe, expect, it } from '@jest/globals';
import { brokenAt, maxmindFile } from '../../service/testing/maxmind-file.js';
import { factsOfAll, networkDatabase, type NetworkDatabase } from './network-database.js';

function open(file: Buffer): NetworkDatabase {
  return networkDatabase(file, (error) => {
    throw error;
  });
}

const systems = open(
  maxmindFile({
    '84.128.0.0/10': {
      autonomous_system_number: 3320,
      autonomous_system_organization: 'x'.repeat(40),
    },
    '179.0.0.0/8': { autonomous_system_number: 28573 },
  }),
);
const countries = open(
  maxmindFile({
    '84.0.0.0/8': { country: { iso_code: 'DE' } },
    '203.0.113.0/24': { country: { iso_code: 'NZ' } },
  }),
);

describe('a network database', () => {
  it('tells autonomous system and country, in the files of MaxMind together', () => {
    const facts = (address: string) => factsOfAll([systems, countries], address);
    expect(facts('84.150.1.2')).toEqual({ system: 3320, country: 'DE' });
    expect(facts('84.2.1.2')).toEqual({ system: 0, country: 'DE' });
    expect(facts('179.1.1.1')).toEqual({ system: 28573, country: '' });
    expect(facts('203.0.113.200')).toEqual({ system: 0, country: 'NZ' });
    expect(systems.builtAtMs).toBe(1_700_000_000_000);
  });

  it('tells them of files that name the system AS3320, and the country beside it', () => {
    const one = open(maxmindFile({ '84.0.0.0/8': { asn: 'AS3320', country_code: 'DE' } }));
    const other = open(maxmindFile({ '84.0.0.0/8': { asn: 'AS3320', country: 'DE' } }));
    expect(one.factsOf('84.1.1.1')).toEqual({ system: 3320, country: 'DE' });
    expect(other.factsOf('84.1.1.1')).toEqual({ system: 3320, country: 'DE' });
  });

  it('knows nothing of an address that it does not have, of IPv6 in a file of IPv4, or of none', () => {
    for (const address of ['10.0.0.1', '2001:db8::1', '', 'unknown']) {
      expect(factsOfAll([systems, countries], address)).toEqual({ system: 0, country: '' });
    }
    expect(factsOfAll([], '84.150.1.2')).toEqual({ system: 0, country: '' });
  });

  it('does not take the first bits of an IPv6 address for an IPv4 address', () => {
    const file = open(maxmindFile({ '32.1.0.0/16': { country_code: 'US' } }));
    expect(file.factsOf('32.1.13.184').country).toBe('US');
    expect(file.factsOf('2001:db8::1').country).toBe('');
  });

  it('knows both versions of IP where the file has both', () => {
    const file = open(
      maxmindFile({ '84.0.0.0/8': { asn: 'AS1' }, '2a00:1450::/32': { asn: 'AS2' } }),
    );
    expect(file.factsOf('84.1.1.1').system).toBe(1);
    expect(file.factsOf('2a00:1450:4001::1').system).toBe(2);
    expect(file.factsOf('2a01::1').system).toBe(0);
  });

  it('tells where a network is registered if nothing says where it is', () => {
    const file = open(
      maxmindFile({
        '84.0.0.0/8': { registered_country: { iso_code: 'FR' } },
        '85.0.0.0/8': { country: { iso_code: 'DE' }, registered_country: { iso_code: 'FR' } },
      }),
    );
    expect(file.factsOf('84.1.1.1').country).toBe('FR');
    expect(file.factsOf('85.1.1.1').country).toBe('DE');
  });

  it('takes nothing for a number or a country that is none', () => {
    const odd = open(
      maxmindFile({
        '84.0.0.0/8': { autonomous_system_number: 'x', country: { iso_code: 'Germany' } },
        '85.0.0.0/8': { asn: 'AS', country: { names: { en: 'Germany' } } },
        '87.0.0.0/8': { autonomous_system_number: 2 ** 40 },
      }),
    );
    for (const address of ['84.1.1.1', '85.1.1.1', '87.1.1.1']) {
      expect(odd.factsOf(address)).toEqual({ system: 0, country: '' });
    }
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('{"no": "database"}'.repeat(1_000))],
    ['cut off', maxmindFile({ '84.0.0.0/8': { asn: 'AS1' } }).subarray(0, -30)],
  ])('is refused where the file is none: %s', (_name, file) => {
    expect(() => open(file)).toThrow();
  });

  it('is refused where one of the entries is broken that are tried all over its tree', () => {
    const entries = {
      '5.0.0.0/8': { country_code: 'IR' },
      '203.0.113.0/24': { country_code: 'NZ' },
      '2001:db8::/32': { country_code: 'AQ' },
      '2a00:1450::/32': { country_code: 'IE' },
    };
    expect(open(maxmindFile(entries)).factsOf('203.0.113.1').country).toBe('NZ');
    for (const [country, address] of [
      ['IR', '5.0.0.0'],
      ['NZ', '203.0.113.0'],
      ['AQ', '2001:0db8:0000:0000:0000:0000:0000:0000'],
      ['IE', '2a00:1450:0000:0000:0000:0000:0000:0000'],
    ] as const) {
      const file = brokenAt(maxmindFile(entries), country);
      expect(() => open(file)).toThrow(`its entry of ${address} is broken`);
    }
  });

  it('is refused where it does not say when it was built', () => {
    const file = maxmindFile({ '84.0.0.0/8': { asn: 'AS1' } }, 2 ** 52);
    expect(() => open(file)).toThrow('does not say when it was built');
  });

  it('is refused where an entry is no record, and where its tree leads to none', () => {
    expect(() => open(maxmindFile({ '84.0.0.0/8': 'text' }))).toThrow('is no record');
    const file = maxmindFile({ '84.0.0.0/8': { asn: 'AS1' } });
    expect(() => open(file.fill(0, 0, 8 * 6))).toThrow('it has no entry for any address');
  });

  it('says that it is broken when a lookup meets what was not tried, and knows nothing there', () => {
    const entries = {
      '84.0.0.0/9': { country_code: 'DE' },
      '84.128.0.0/9': { country_code: 'FR' },
    };
    const errors: unknown[] = [];
    const file = networkDatabase(brokenAt(maxmindFile(entries), 'FR'), (error) =>
      errors.push(error),
    );
    expect(file.factsOf('84.1.1.1').country).toBe('DE');
    expect(errors).toEqual([]);
    expect(file.factsOf('84.200.1.1')).toEqual({ system: 0, country: '' });
    expect(errors).toHaveLength(1);
  });
});
