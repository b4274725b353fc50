import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { counterNames, counterOf, type Counters } from './counter-table.js';
import { addCounters, emptyCounters } from './counters.js';
import { isSaturated, saturated, sumMax } from './saturation.js';

/** Small ones, ones near the bound, and those whose sum is just below or just above it. */
const sum = fc.oneof(
  fc.nat(1_000),
  fc.integer({ min: sumMax - 1_000, max: sumMax }),
  fc.integer({ min: 2 ** 52 - 500, max: 2 ** 52 + 500 }),
);

const counters: fc.Arbitrary<Counters> = fc.record(
  Object.fromEntries(
    counterNames.map((name) => {
      const { boundsMs } = counterOf(name);
      const length = (boundsMs?.length ?? 0) + 1;
      const histogram = fc.array(sum, { minLength: length, maxLength: length });
      return [name, boundsMs === undefined ? sum : histogram];
    }),
  ),
) as fc.Arbitrary<Counters>;

function added(...parts: readonly Counters[]): Counters {
  const total = emptyCounters();
  for (const part of parts) addCounters(total, part);
  return total;
}

describe('sums of counters', () => {
  it('are the same in whatever order and groups they are added, up to their bound', () => {
    fc.assert(
      fc.property(counters, counters, counters, (one, two, three) => {
        const inOrder = added(one, two, three);
        expect(added(three, one, two)).toEqual(inOrder);
        expect(added(one, added(two, three))).toEqual(inOrder);
        expect(added(added(one, two), three)).toEqual(inOrder);
      }),
    );
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
    expect(isSaturated(emptyCounters())).toBe(false);
    for (const name of counterNames) {
      const one = emptyCounters();
      const value = one[name];
      if (Array.isArray(value)) value[value.length - 1] = sumMax;
      else Object.assign(one, { [name]: sumMax });
      expect({ name, isSaturated: isSaturated(one) }).toEqual({ name, isSaturated: true });
    }
  });
});
