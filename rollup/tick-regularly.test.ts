import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { tickRegularly } from './tick-regularly.js';

describe('what is due', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is looked for ten times a second, twice where nothing is read, and no more once stopped', () => {
    const tick = jest.fn();
    let isCalm = false;
    const stop = tickRegularly(tick, () => isCalm);
    const ticksIn = (durationMs: number): number => {
      tick.mockClear();
      jest.advanceTimersByTime(durationMs);
      return tick.mock.calls.length;
    };
    expect(tick).toHaveBeenCalledTimes(1);
    expect(ticksIn(2_000)).toBe(20);
    isCalm = true;
    jest.advanceTimersByTime(100);
    expect(ticksIn(2_000)).toBe(4);
    stop();
    expect(ticksIn(2_000)).toBe(0);
  });
});
