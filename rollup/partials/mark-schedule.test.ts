import { describe, expect, it } from '@jest/globals';
import { MarkSchedule } from './mark-schedule.js';

describe('MarkSchedule', () => {
  it('is due one second after the end of a minute that is not closed', () => {
    const schedule = new MarkSchedule(5_000);
    expect(schedule.isDue(10_999, 1, 0)).toBe(false);
    expect(schedule.isDue(11_000, 1, 0)).toBe(true);
    expect(schedule.isDue(11_000, 2, 0)).toBe(false);
  });

  it('has one mark outstanding at a time, until it was read', () => {
    const schedule = new MarkSchedule(5_000);
    schedule.appending(11_000);
    expect(schedule.isDue(13_000, 1, 7)).toBe(false);
    schedule.appended(7);
    expect(schedule.isDue(13_000, 1, 7)).toBe(false);
    expect(schedule.isDue(13_000, 1, 8)).toBe(true);
  });

  it('tries again a second after one that failed', () => {
    const schedule = new MarkSchedule(5_000);
    schedule.appending(11_000);
    schedule.failed();
    expect(schedule.isDue(11_999, 1, 0)).toBe(false);
    expect(schedule.isDue(12_000, 1, 0)).toBe(true);
  });
});
