import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CountsSum, countsError } from './counts.js';
import type { Counts, FacetCell } from './records.js';
import { sumMax } from './saturation.js';
import { untoldValue, withUntold } from './untold-facets.js';

/** Counts of few places, so that they meet. */
const counts = fc
  .uniqueArray(fc.tuple(fc.nat(5), fc.oneof(fc.nat(9), fc.constant(sumMax))), {
    selector: ([place]) => place,
  })
  .map((pairs): Counts => pairs.toSorted(([left], [right]) => left - right).flat());

function sumOf(all: readonly { readonly counts: Counts }[]): Counts {
  const sum = new CountsSum();
  for (const one of all) sum.add(one.counts);
  return sum.counts();
}

describe('what is left of a total', () => {
  it('makes the values of each facet add up to it, and is nowhere else', () => {
    const announces = fc.array(
      fc.record({
        counts,
        told: fc.dictionary(fc.constantFrom('country', 'device'), fc.constantFrom('a', 'b')),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(announces, (all) => {
        const facets = ['country', 'device'].flatMap((facet) =>
          ['a', 'b'].flatMap((value): FacetCell[] => {
            const those = all.filter(({ told }) => told[facet] === value);
            return those.length === 0 ? [] : [{ facet, value, counts: sumOf(those) }];
          }),
        );
        const whole = withUntold(all, facets);
        for (const facet of ['country', 'device']) {
          const ofFacet = whole.filter((one) => one.facet === facet);
          const isTold = facets.some((one) => one.facet === facet);
          expect(ofFacet.length > 0).toBe(isTold);
          if (isTold) expect(sumOf(ofFacet)).toEqual(sumOf(all));
        }
        const rests = whole.filter(({ value }) => value === untoldValue);
        for (const rest of rests) {
          expect(countsError(rest.counts)).toBeUndefined();
          expect(rest.counts.length).toBeGreaterThan(0);
        }
        // Told again it stays as it is.
        expect(withUntold(all, whole)).toEqual(whole);
      }),
    );
  });
});
