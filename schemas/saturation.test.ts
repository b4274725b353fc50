import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CountsSum, isSaturated, placesMax } from './counts.js';
import type { Counts } from './records.js';
import { saturated, sumMax } from './saturation.js';

/** Small ones, ones near the bound, and those whose sum is just below or just above it. */
const sum = fc.oneof(
  fc.integer({ min: 1, max: 1_000 }),
  fc.integer({ min: sumMax - 1_000, max: sumMax }),
  fc.integer({ min: 2 ** 52 - 500, max: 2 ** 52 + 500 }),
);

const arbitraryCounts: fc.Arbitrary<Counts> = fc
  .uniqueArray(fc.tuple(fc.nat(placesMax - 1), sum), { selector: ([place]) => place })
  .map((pairs) => pairs.sort(([left], [right]) => left - right).flat());

function added(...parts: readonly Counts[]): Counts {
  const total = new CountsSum();
  for (const part of parts) total.add(part);
  return total.counts();
}

describe('sums of counters', () => {
  it('are the same in whatever order and groups they are added, up to their bound', () => {
    fc.assert(
      fc.property(arbitraryCounts, arbitraryCounts, arbitraryCounts, (one, two, three) => {
        const inOrder = added(one, two, three);
        expect(added(three, one, two)).toEqual(inOrder);
        expect(added(one, added(two, three))).toEqual(inOrder);
        expect(added(added(one, two), three)).toEqual(inOrder);
      }),
    );
  });

  it('are those of what stands at a place, and nothing of what was added before', () => {
    const total = new CountsSum();
    total.add([0, 5, 9, 1, placesMax - 1, 3]);
    total.add([9, 2]);
    expect(total.counts()).toEqual([0, 5, 9, 3, placesMax - 1, 3]);
    total.clear();
    total.add([9, 4]);
    expect(total.counts()).toEqual([9, 4]);
  });

  it('are exact below the bound and stand at it above', () => {
    fc.assert(
      fc.property(sum, sum, (one, two) => {
        const exact = BigInt(one) + BigInt(two);
        const expected = exact < BigInt(sumMax) ? exact : BigInt(sumMax);
        expect(BigInt(saturated(one + two))).toBe(expected);
      }),
    );
  });

  it('say when any of them stands at the bound', () => {
    expect(isSaturated({ counts: [] })).toBe(false);
    expect(isSaturated({ counts: [3, sumMax - 1, 200, 7] })).toBe(false);
    expect(isSaturated({ counts: [3, 1, 200, sumMax] })).toBe(true);
  });
});
