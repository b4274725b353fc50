import { describe, expect, it } from '@jest/globals';
import { ClockCheck } from './clock-check.js';

const newCheck = (): ClockCheck => new ClockCheck({ differenceMsMax: 10_000, lifetimeMs: 60_000 });

describe('the clock check', () => {
  it('has nothing against a stamp between question and answer, however long that took', () => {
    const check = newCheck();
    check.observe('announces/0', 0, 1, 30_000);
    check.observe('announces/1', 0, 29_999, 30_000);
    expect(check.differenceMs(30_000)).toBe(0);
    expect(check.problem(30_000)).toBeUndefined();
  });

  it('says how far and which way the clock is off most brokers', () => {
    const check = newCheck();
    for (const [partition, stampMs] of [900, 85_000, 84_000].entries()) {
      check.observe(`announces/${partition}`, 100_000, stampMs, 100_010);
    }
    expect(check.problem(100_010)).toBe("this clock is 16000 ms ahead of the brokers'");
    const behind = newCheck();
    behind.observe('announces/0', 100_000, 111_000, 100_010);
    expect(behind.problem(100_010)).toBe("this clock is 10990 ms behind the brokers'");
  });

  it('lets one broker alone be wrong', () => {
    const check = newCheck();
    for (const [partition, stampMs] of [0, 100_005, 100_005].entries()) {
      check.observe(`announces/${partition}`, 100_000, stampMs, 100_010);
    }
    expect(check.problem(100_010)).toBeUndefined();
  });

  it('forgets readings after their lifetime', () => {
    const check = newCheck();
    check.observe('announces/0', 100_000, 1, 100_010);
    expect(check.problem(160_010)).toBeDefined();
    expect(check.problem(160_011)).toBeUndefined();
  });
});
