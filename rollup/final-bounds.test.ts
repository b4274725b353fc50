import { describe, expect, it } from '@jest/globals';
import { totalsWaitingMax, unfinalMinutesMax } from './final-bounds.js';

describe('the final minutes that may wait for the sinks', () => {
  it('are more than become final while a new owner waits, though an outage has made many final at once', () => {
    const intervalMs = 5_000;
    const takeoverMs = 50_000;
    const outageMs = 100_000;
    const whileOwnersWaitMs = 2 * (takeoverMs + 30_000);
    const bound = totalsWaitingMax({ intervalMs, takeoverMs });
    expect(bound).toBeGreaterThan((outageMs + whileOwnersWaitMs) / intervalMs);
  });

  it('are about half an hour of minutes of 60 s', () => {
    expect(totalsWaitingMax({ intervalMs: 60_000, takeoverMs: 60_000 })).toBe(35);
  });
});

describe('the minutes that are retained before they are final', () => {
  it('are ten of 60 s, of which five are usual', () => {
    const times = { intervalMs: 60_000, lateMs: 180_000, graceMs: 60_000, takeoverMs: 60_000 };
    expect(unfinalMinutesMax(times)).toBe(10);
  });
});
