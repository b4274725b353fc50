import { describe, expect, it } from '@jest/globals';
import { sumMax as sumMaxOfSchemas } from '../../schemas/index.js';
import { atLeastIn, bounded, isAtLeast, sumMax } from './at-least.js';

describe('what stands at the bound of sums', () => {
  it('is what the rollup stops at', () => {
    expect(sumMax).toBe(sumMaxOfSchemas);
    expect([bounded(2 ** 60), bounded(7), bounded(Infinity)]).toEqual([sumMax, 7, sumMax]);
    expect([isAtLeast(sumMax), isAtLeast(2 ** 52), isAtLeast(null)]).toEqual([true, false, false]);
  });

  it('is seen in a mean of it too, whatever it was divided by', () => {
    for (const divisor of [3, 7, 10, 60_000, 600_000, 86_400_000]) {
      expect(isAtLeast((sumMax / divisor) * divisor)).toBe(true);
    }
  });

  it('is named by where it stands', () => {
    const figures = {
      viewers: 3,
      cdnBytes: [1, null, sumMax],
      byName: { 'a/b~c': { bytes: [sumMax] }, ['__proto__']: 2 },
      mean: [sumMax / 10, 1],
      ratio: sumMax,
      none: null,
      state: 'idle',
    };
    const divisors = new Map([
      ['mean', 10],
      ['ratio', 0],
    ]);
    expect(atLeastIn(figures, (name) => divisors.get(name) ?? 1)).toEqual([
      '/cdnBytes/2',
      '/byName/a~1b~0c/bytes/0',
      '/mean/0',
    ]);
  });
});
