import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { qualityOf, qualityOverAllStreams } from '../../schemas/index.js';
import { plainQuality, plainQualityOverAll } from './plain-quality.js';
import { arbitraryQuality } from './testing/qualities.js';

describe('the judge’s own rules of qualities', () => {
  it('say of every height what the product’s say', () => {
    for (let height = 0; height < 10_000; height += 1) {
      const told = `${height}p`;
      expect(`${told} ${plainQualityOverAll(told)}`).toBe(`${told} ${qualityOverAllStreams(told)}`);
    }
  });

  it('say of whatever is told and listed what the product’s say', () => {
    fc.assert(
      fc.property(
        fc.option(arbitraryQuality, { nil: undefined }),
        fc.array(arbitraryQuality, { maxLength: 5 }),
        (told, renditions) => {
          expect(plainQuality(told, renditions)).toBe(qualityOf(told, renditions));
          expect(plainQualityOverAll(told ?? '')).toBe(qualityOverAllStreams(told ?? ''));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
