import { describe, expect, it } from '@jest/globals';
import { maxmindFile } from '../../service/testing/maxmind-file.js';
import { factsOfAll, networkDatabase } from './network-database.js';

const systems = networkDatabase(
  maxmindFile({
    '84.128.0.0/10': {
      autonomous_system_number: 3320,
      autonomous_system_organization: 'x'.repeat(40),
    },
    '179.0.0.0/8': { autonomous_system_number: 28573 },
  }),
);
const countries = networkDatabase(
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
    const one = networkDatabase(
      maxmindFile({ '84.0.0.0/8': { asn: 'AS3320', country_code: 'DE' } }),
    );
    const other = networkDatabase(maxmindFile({ '84.0.0.0/8': { asn: 'AS3320', country: 'DE' } }));
    expect(one.factsOf('84.1.1.1')).toEqual({ system: 3320, country: 'DE' });
    expect(other.factsOf('84.1.1.1')).toEqual({ system: 3320, country: 'DE' });
  });

  it('knows nothing of an address that it does not have, of IPv6 in a file of IPv4, or of none', () => {
    for (const address of ['10.0.0.1', '2001:db8::1', '', 'unknown']) {
      expect(factsOfAll([systems, countries], address)).toEqual({ system: 0, country: '' });
    }
    expect(factsOfAll([], '84.150.1.2')).toEqual({ system: 0, country: '' });
  });

  it('takes nothing for a number or a country that is none', () => {
    const odd = networkDatabase(
      maxmindFile({
        '84.0.0.0/8': { autonomous_system_number: 'x', country: { iso_code: 'Germany' } },
        '85.0.0.0/8': { asn: 'AS', country: { names: { en: 'Germany' } } },
        '86.0.0.0/8': 'text',
        '87.0.0.0/8': { autonomous_system_number: 2 ** 40 },
      }),
    );
    for (const address of ['84.1.1.1', '85.1.1.1', '86.1.1.1', '87.1.1.1']) {
      expect(odd.factsOf(address)).toEqual({ system: 0, country: '' });
    }
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('{"no": "database"}'.repeat(1_000))],
    ['cut off', maxmindFile({ '84.0.0.0/8': { asn: 'AS1' } }).subarray(0, -30)],
  ])('is refused where the file is none: %s', (_name, file) => {
    expect(() => networkDatabase(file)).toThrow();
  });
});
