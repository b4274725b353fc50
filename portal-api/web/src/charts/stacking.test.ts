import { describe, expect, it } from '@jest/globals';
import { sumMax } from '../../../metrics/at-least.js';
import { lastKnownIndex, loneIndices, shares, stacked } from './stacking.js';

describe('stacked layers', () => {
  it('stand each on those before it', () => {
    expect(
      stacked(
        [
          [1, 2],
          [10, 20],
        ],
        2,
      ),
    ).toEqual([
      [1, 2],
      [11, 22],
    ]);
  });

  it('are unknown only where no layer so far is known', () => {
    expect(
      stacked(
        [
          [null, 1],
          [null, null],
          [3, null],
        ],
        2,
      ),
    ).toEqual([
      [null, 1],
      [null, 1],
      [3, 1],
    ]);
  });
});

describe('shares', () => {
  it('are the part of the second, and nothing where nothing came', () => {
    expect(shares([25, 0, null, null], [75, 0, null, 5])).toEqual([0.75, null, null, 1]);
  });

  it('are nothing where one of both is at its bound', () => {
    expect(shares([sumMax, 1], [1, sumMax])).toEqual([null, null]);
  });
});

describe('the last known minute', () => {
  it('is before the unknown ones at the end', () => {
    expect(lastKnownIndex([1, null, 0, null])).toBe(2);
    expect(lastKnownIndex([null])).toBe(-1);
  });
});

describe('values alone between unknown ones', () => {
  it('are found, at the ends too', () => {
    expect(loneIndices([1, null, 2, 3, null, 0, null, 5])).toEqual([0, 5, 7]);
    expect(loneIndices([])).toEqual([]);
    expect(loneIndices([7])).toEqual([0]);
    expect(loneIndices([null, 1, 1])).toEqual([]);
  });
});
