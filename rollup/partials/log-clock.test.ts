import { describe, expect, it } from '@jest/globals';
import { testTimes } from '../testing/announces.js';
import { LogClock } from './log-clock.js';

describe('LogClock', () => {
  it('closes a minute by a record whose both times are a second after its end', () => {
    const clock = new LogClock(testTimes);
    expect(clock.closedBefore()).toBe(0);
    clock.advance(11_000, 10_999);
    expect(clock.closedBefore()).toBe(1);
    clock.advance(10_999, 11_000);
    expect(clock.closedBefore()).toBe(1);
    clock.advance(11_000, 11_000);
    expect(clock.closedBefore()).toBe(2);
  });

  it('never goes back though the times of later records do', () => {
    const clock = new LogClock(testTimes);
    clock.advance(100_000, 100_000);
    clock.advance(50_000, 50_000);
    expect(clock.timeMs).toBe(100_000);
  });

  it('calls a minute final late + grace after its end', () => {
    const clock = new LogClock(testTimes);
    clock.advance(24_999, 30_000);
    expect(clock.finalBefore()).toBe(0);
    clock.advance(25_000, 25_000);
    expect(clock.finalBefore()).toBe(1);
  });
});
