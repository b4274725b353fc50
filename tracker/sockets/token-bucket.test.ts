import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.js';

describe('the token bucket', () => {
  it('lets no more through than the burst and the rate allow, in any window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 300 }),
        (perSecond, burst, gaps) => {
          const bucket = new TokenBucket(perSecond, burst, 0);
          const taken: number[] = [];
          let nowMs = 0;
          for (const gap of gaps) {
            nowMs += gap;
            if (bucket.take(nowMs)) taken.push(nowMs);
          }
          for (const [index, startMs] of taken.entries()) {
            const last = taken.at(-1) ?? startMs;
            const allowed = burst + ((last - startMs) / 1_000) * perSecond;
            expect(taken.length - index).toBeLessThanOrEqual(allowed + 1e-6);
          }
        },
      ),
    );
  });

  it('never refuses who stays below the rate', () => {
    const bucket = new TokenBucket(10, 1, 0);
    for (let nowMs = 0; nowMs < 60_000; nowMs += 101) expect(bucket.take(nowMs)).toBe(true);
  });

  it('takes several at once or none of them, and says what it has without taking any', () => {
    const bucket = new TokenBucket(1, 10, 0);
    expect(bucket.take(0, 11)).toBe(false);
    expect(bucket.take(0, 7)).toBe(true);
    expect([bucket.has(0, 3), bucket.has(0, 4), bucket.take(0, 4)]).toEqual([true, false, false]);
    expect(bucket.take(1_000, 4)).toBe(true);
  });

  it('neither gives nor takes when the clock is set back', () => {
    const bucket = new TokenBucket(1, 2, 1_000_000);
    expect(bucket.take(0)).toBe(true);
    expect(bucket.take(0)).toBe(true);
    expect(bucket.take(0)).toBe(false);
  });
});
