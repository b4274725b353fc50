import { describe, expect, it } from '@jest/globals';
import { comingBack, comingBackAfter, comingBackDelayMs, lostCode } from './coming-back.js';

const soon = comingBack[1001] ?? { firstDelayMs: 0, delayMsMax: 0, needsNewToken: false };

describe('coming back', () => {
  it('takes twice as long each time, up to a bound, scattered around it', () => {
    const delays = (random: number): number[] =>
      [0, 1, 2, 10, 10_000].map((failures) => comingBackDelayMs(soon, failures, () => random));
    expect(delays(0.5)).toEqual([500, 1_000, 2_000, 10_000, 10_000]);
    expect(delays(0)).toEqual([250, 500, 1_000, 5_000, 5_000]);
    expect(delays(0.999)[4]).toBeLessThan(15_000);
  });

  it('waits for as long as the answer to the upgrade asks, and not all viewers alike', () => {
    const delay = (random: number): number => comingBackDelayMs(soon, 0, () => random, 5_000);
    expect(delay(0)).toBe(5_000);
    expect(delay(0.5)).toBe(6_250);
    expect(comingBackDelayMs(soon, 10, () => 0.5, 5_000)).toBe(10_000);
  });

  it('treats a code that it does not know as a lost socket', () => {
    for (const code of [1005, 1012, 4999, lostCode]) expect(comingBackAfter(code)).toBe(soon);
    expect(comingBackAfter(1000)).toBeUndefined();
    expect(comingBackAfter(4403)).toBeUndefined();
    expect(comingBackAfter(4410)).toMatchObject({ needsNewToken: true });
  });
});
