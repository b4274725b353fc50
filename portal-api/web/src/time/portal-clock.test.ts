import { describe, expect, it } from '@jest/globals';
import { PortalClock } from './portal-clock.js';

const minuteMs = 60_000;
/** Whole seconds, as a Date is. */
const portalMs = Date.UTC(2026, 10, 30, 17, 6);
const dateAt = (timeMs: number): string => new Date(timeMs).toUTCString();

/** A clock in a browser that is ahead of the portal, or behind it. */
function clockOf(browserAheadMs: number) {
  let timeMs = portalMs;
  const browserNowMs = (): number => timeMs + browserAheadMs;
  const clock = new PortalClock(browserNowMs);
  const pass = (ms: number): void => {
    timeMs += ms;
  };
  const ask = (waitMs: number): void => {
    const askedAtMs = browserNowMs();
    pass(waitMs);
    clock.heard(dateAt(timeMs), askedAtMs);
  };
  return { clock, pass, ask, wrongMs: () => clock.nowMs() - timeMs };
}

describe("the portal's clock in a browser", () => {
  it.each([-12, 16, 65])('is right within a second where the browser’s is %d min ahead', (min) => {
    const { pass, ask, wrongMs } = clockOf(min * minuteMs);
    expect(wrongMs()).toBe(min * minuteMs);
    for (let answer = 0; answer < 20; answer += 1) {
      ask(40);
      expect(Math.abs(wrongMs())).toBeLessThanOrEqual(1_000);
      pass(5_730);
    }
    expect(Math.abs(wrongMs())).toBeLessThanOrEqual(100);
  });

  it('stays the browser’s where that is right, however long an answer takes', () => {
    const { pass, ask, wrongMs } = clockOf(0);
    for (const waitMs of [5, 20_000, 900]) {
      ask(waitMs);
      expect(wrongMs()).toBe(0);
      pass(1_234);
    }
  });

  it('is no worse for an answer that took long', () => {
    const { ask, wrongMs } = clockOf(12 * minuteMs);
    ask(10);
    const before = wrongMs();
    ask(24_000);
    expect(wrongMs()).toBe(before);
  });

  it('takes nothing from an answer without a date, or with nonsense', () => {
    const { clock, wrongMs } = clockOf(12 * minuteMs);
    for (const date of [null, '', 'yesterday']) clock.heard(date, portalMs);
    expect(wrongMs()).toBe(12 * minuteMs);
  });
});
