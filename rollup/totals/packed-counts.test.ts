import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CountsSum, countsOf, emptyCell, type Counts } from '../../schemas/index.js';
import { PackedCounts } from './packed-counts.js';

const counts = fc
  .record({ viewers: fc.nat(), cdnBytes: fc.maxSafeNat(), errors: fc.nat(3) })
  .map((told): Counts => countsOf({ ...emptyCell('720p', 'Chrome'), ...told }));

describe('packed counts', () => {
  it('are unpacked and added up as they were', () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 8 }), (all) => {
        const names = all.map((_, index) => `value ${index}`);
        const packed = new PackedCounts(
          all.map((one) => ({ counts: one })),
          names,
          names,
        );
        const [sum, wanted] = [new CountsSum(), new CountsSum()];
        for (const [index, one] of all.entries()) {
          packed.addTo(sum, index);
          wanted.add(one);
        }
        expect(all.map((_, index) => packed.counts(index))).toEqual(all);
        expect(sum.counts()).toEqual(wanted.counts());
      }),
    );
  });
});
