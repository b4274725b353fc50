import { describe, expect, it } from '@jest/globals';
import { addressOf, isOffered, parsePlace } from './place.js';

describe('the place in the address', () => {
  it.each([
    { stream: undefined, range: '1h' },
    { stream: 'arena main&range=6h', range: '24h' },
  ] as const)('comes back as it was: %j', (place) => {
    expect(parsePlace(addressOf(place).slice(1))).toEqual(place);
  });

  it('is an hour of all streams where it says nothing, or nonsense', () => {
    expect(parsePlace('')).toEqual({ stream: undefined, range: '1h' });
    expect(parsePlace('?range=9y')).toEqual({ stream: undefined, range: '1h' });
  });

  it('offers a range only where its minutes fit into one answer', () => {
    expect(isOffered('24h', 60_000)).toBe(true);
    expect(isOffered('6h', 5_000)).toBe(false);
  });
});
