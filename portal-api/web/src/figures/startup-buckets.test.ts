import { describe, expect, it } from '@jest/globals';
import { startupBins, type Values } from '../api/shapes.js';
import { startupTexts } from './startup-buckets.js';

function texts(
  viewers: Values,
  told: Partial<Record<string, Values>>,
  others: Values,
  isUntold = false,
) {
  const startupHistogram = Object.fromEntries(startupBins.map((bin) => [bin, told[bin] ?? others]));
  // The other fields of an answer are not read here.
  const answer = { series: { viewers, startupHistogram }, atLeast: [] };
  return startupTexts(answer as unknown as Parameters<typeof startupTexts>[0], isUntold);
}

describe('the start-up histogram', () => {
  it('names each bucket by where it begins and ends', () => {
    const { buckets } = texts([1], {}, [0]);
    expect(buckets.map(({ name }) => name)).toEqual([
      'up to 0.5 s',
      '0.5 to 1 s',
      '1 to 2 s',
      '2 to 3 s',
      '3 to 5 s',
      '5 to 10 s',
      '10 to 30 s',
      'over 30 s',
    ]);
    expect([0, 1, 7].map((index) => buckets[index]?.label)).toEqual(['≤ 0.5', '0.5–1', '> 30']);
  });

  it('counts what is known, and says of how many steps it is not', () => {
    const told = texts([4, 4, 0, null], { bin_500: [null, 3, 0, null] }, [null, 1, 0, null]);
    expect(told.note).toBe('10 starts by seconds till the first frame; of 1 of 4 steps not known');
    expect(told.buckets[0]?.values).toEqual([null, 3, 0, null]);
  });

  it('tells nobody from what players do not tell', () => {
    expect(texts([4], {}, [0], true)).toMatchObject({
      note: 'starts by seconds till the first frame',
      empty: 'Not told by these players.',
    });
    expect(texts([4], {}, [1], true).note).toBe('8 starts by seconds till the first frame');
  });

  it('tells nobody from not known', () => {
    expect(texts([4], {}, [0]).empty).toBe('Nobody started in this range.');
    expect(texts([4], {}, [null])).toMatchObject({
      note: 'starts by seconds till the first frame',
      empty: 'Not known in this range.',
    });
  });
});
