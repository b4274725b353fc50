import { describe, expect, it } from '@jest/globals';
import { keepInStep, type InStep } from './in-step.js';

function partition(logTimeMs: number, lagRecords: number): InStep & { isPaused: boolean } {
  return {
    logTimeMs,
    lagRecords,
    isPaused: false,
    setPaused(isPaused) {
      this.isPaused = isPaused;
    },
  };
}

describe('keepInStep', () => {
  it('pauses partitions that are ahead in the backlog and lets them go on later', () => {
    const slow = partition(0, 100);
    const fast = partition(50_000, 100);
    keepInStep([slow, fast], 20_000);
    expect([slow.isPaused, fast.isPaused]).toEqual([false, true]);
    keepInStep([{ ...slow, logTimeMs: 40_000 }, fast], 20_000);
    expect(fast.isPaused).toBe(false);
  });

  it('pauses nobody who has caught up', () => {
    const caughtUp = partition(1_000_000, 0);
    keepInStep([partition(0, 5), caughtUp], 20_000);
    expect(caughtUp.isPaused).toBe(false);
  });
});
