import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nearnessOf, networkText, nowhere, parseNetwork } from './network.js';

const network = fc.record({
  block: fc.nat(65_535),
  system: fc.nat(4_294_967_295),
  country: fc.constantFrom('', 'DE', 'BR'),
});

describe('a network', () => {
  it('is read back from its text', () => {
    fc.assert(fc.property(network, (one) => expect(parseNetwork(networkText(one))).toEqual(one)));
    expect(networkText(nowhere)).toBe('');
  });

  it.each(['', '1/2', '1/2/DE/3', '-1/2/DE', '1/2/de', '99999999/1/DE', ' 1/2/DE'])(
    'is nowhere where the text is no network: %j',
    (text) => expect(parseNetwork(text)).toEqual(nowhere),
  );

  it('says the nearest that two have in common, and nothing of what is not known', () => {
    const home = { block: 7, system: 3320, country: 'DE' };
    expect(nearnessOf(home, { ...home, system: 1 })).toBe('block');
    expect(nearnessOf(home, { ...home, block: 8 })).toBe('system');
    expect(nearnessOf(home, { block: 8, system: 1, country: 'DE' })).toBe('country');
    expect(nearnessOf(home, { block: 8, system: 1, country: 'BR' })).toBe('unknown');
    expect(nearnessOf(nowhere, nowhere)).toBe('unknown');
  });
});
