import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isInTime, minuteOf } from '../../schemas/index.js';
import { acceptedTimes, isTooLate, mayAcknowledge, timeRefusal } from './time-rules.js';

const times = { intervalMs: 60_000, lateMs: 180_000, graceMs: 60_000 };
const nowMs = 1_700_000_000_000;

describe('the time rules', () => {
  it('takes times from late − grace ago to half the grace ahead', () => {
    expect(acceptedTimes(times)).toEqual({ oldestMs: 120_000, aheadMs: 30_000 });
    expect(timeRefusal(nowMs - 120_000, nowMs, times)).toBeUndefined();
    expect(timeRefusal(nowMs - 120_001, nowMs, times)).toBe('too_old');
    expect(timeRefusal(nowMs + 30_000, nowMs, times)).toBeUndefined();
    expect(timeRefusal(nowMs + 30_001, nowMs, times)).toBe('ahead');
  });

  it('acknowledges only what is in time by both clocks', () => {
    const minute = minuteOf(nowMs, times.intervalMs);
    const lastMs = (minute + 1) * 60_000 + 180_000;
    const firstMs = minute * 60_000 - 60_000;
    expect(mayAcknowledge(nowMs, lastMs, lastMs, times)).toBe(true);
    expect(mayAcknowledge(nowMs, lastMs + 1, nowMs, times)).toBe(false);
    expect(mayAcknowledge(nowMs, nowMs, lastMs + 1, times)).toBe(false);
    expect(mayAcknowledge(nowMs, firstMs, firstMs, times)).toBe(true);
    expect(mayAcknowledge(nowMs, firstMs - 1, nowMs, times)).toBe(false);
  });

  it('leaves what it takes time to be written: nothing that is taken is at once too late', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 100_000 }), (offsetMs) => {
        const timeMs = nowMs + offsetMs;
        fc.pre(timeRefusal(timeMs, nowMs, times) === undefined);
        expect(isTooLate(timeMs, nowMs + times.graceMs, times)).toBe(false);
        expect(isInTime(minuteOf(timeMs, times.intervalMs), nowMs, times)).toBe(true);
      }),
    );
  });
});
