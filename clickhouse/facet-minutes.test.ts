import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { counterNames, counterOf, placesOf } from '../schemas/index.js';
import { facetCellOfRow, fullFacetRow } from './facet-minutes.js';
import { minuteRow } from './stream-minutes.js';

const place = { stream: 'arena', minute: 7, version: 9 };

describe('the row of a facet’s value', () => {
  it('has what is counted, and zeros, in columns', () => {
    const counts = [0, 3, 5, 1_000, 66, 2];
    const row = minuteRow(place, { facet: 'country', value: 'CZ', counts }, 60_000);
    const startup_histogram = new Array<number>(20).fill(0).with(2, 2);
    expect(fullFacetRow(row)).toMatchObject({
      ...place,
      time: 420,
      facet: 'country',
      value: 'CZ',
      viewers: 3,
      announces: 0,
      cdn_bytes: 1_000,
      startup_histogram,
    });
  });

  it('is the same value again when it is read, whatever is counted', () => {
    const places = counterNames.flatMap((name) =>
      Array.from({ length: placesOf(name) }, (_, at) => counterOf(name).place + at),
    );
    fc.assert(
      fc.property(fc.subarray(places), fc.integer({ min: 1, max: 2 ** 53 - 2 }), (those, count) => {
        const counts = those.toSorted((left, right) => left - right).flatMap((at) => [at, count]);
        const cell = { facet: 'device', value: 'tv', counts };
        const read = fullFacetRow(minuteRow(place, cell, 60_000));
        expect(facetCellOfRow(read)).toEqual(cell);
      }),
    );
  });
});
