import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AgeOrder } from './age-order.js';

describe('an order by age', () => {
  it('gives those untouched since a time, and no others, whatever was touched or deleted', () => {
    const step = fc.record({
      verb: fc.constantFrom('touch', 'touch', 'delete', 'take'),
      item: fc.integer({ min: 0, max: 9 }),
      // A clock that is set back passes less than nothing.
      passedMs: fc.integer({ min: -2, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const order = new AgeOrder<number>();
        const touchedAtMs = new Map<number, number>();
        let nowMs = 0;
        for (const { verb, item, passedMs } of steps) {
          nowMs += passedMs;
          if (verb === 'touch') {
            order.touch(item, nowMs);
            for (const [one, atMs] of touchedAtMs) touchedAtMs.set(one, Math.min(atMs, nowMs));
            touchedAtMs.set(item, nowMs);
          } else if (verb === 'delete') {
            order.delete(item);
            touchedAtMs.delete(item);
          } else {
            const sinceMs = nowMs - 4;
            const old = [...touchedAtMs].filter(([, atMs]) => atMs < sinceMs);
            expect(order.takeUntouched(sinceMs).sort()).toEqual(old.map(([one]) => one).sort());
            for (const [one] of old) touchedAtMs.delete(one);
          }
          expect(order.size).toBe(touchedAtMs.size);
        }
      }),
    );
  });
});
