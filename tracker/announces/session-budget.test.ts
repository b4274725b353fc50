import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { reportOf } from '../testing/reports.js';
import { testRates } from '../testing/test-parts.js';
import type { Report } from './report.js';
import { SessionBudget } from './session-budget.js';

const startMs = 1_700_000_000_000;
const { windowMs, oldestMs } = testRates;
const bytesPerMs = testRates.mbpsMax * 125;

function take(budget: SessionBudget, report: Report, nowMs: number): string {
  const price = budget.priceOf(report, nowMs);
  if (typeof price === 'string') return price;
  budget.pay(price);
  return 'taken';
}

function takenOf(budget: SessionBudget, reports: readonly Report[], nowMs: number): Report[] {
  return reports.filter((report) => take(budget, report, nowMs) === 'taken');
}

const report = (number: number, fields: Partial<Report> = {}): Report =>
  reportOf({ number, time: startMs, ...fields });

describe("a session's budget", () => {
  it.each<[name: string, fields: Partial<Report>]>([
    ['played', { watchedMs: windowMs }],
    ['stalled', { stalledMs: windowMs }],
    ['fetched from the CDN', { cdnBytes: windowMs * bytesPerMs }],
    ['fetched from peers', { peerBytes: windowMs * bytesPerMs }],
    ['sent to peers', { uploadedBytes: windowMs * bytesPerMs }],
    ['stalls', { stalls: Math.floor((windowMs / 1_000) * testRates.stallsPerSecondMax) }],
    ['frames', { droppedFrames: (windowMs / 1_000) * testRates.droppedFramesPerSecondMax }],
    ['errors', { errors: (windowMs / 1_000) * testRates.errorsPerSecondMax }],
    ['errors of a kind', { errorsDrm: (windowMs / 1_000) * testRates.errorsPerSecondMax }],
    ['fetched from seeders', { seederBytes: windowMs * bytesPerMs }],
    ['paused and seeking', { pausedMs: windowMs / 2, seekingMs: windowMs / 2 }],
    ['starting and waiting', { startingMs: windowMs / 2, waitingMs: windowMs / 2 }],
    ['switches', { qualitySwitches: (windowMs / 1_000) * testRates.switchesPerSecondMax }],
    ['tried', { connectionsTried: (windowMs / 1_000) * testRates.connectionsPerSecondMax }],
    ['made', { connectionsMade: (windowMs / 1_000) * testRates.connectionsPerSecondMax }],
  ])('holds what is told at once to what the window has room for: %s', (_name, fields) => {
    const budget = new SessionBudget(testRates, startMs);
    expect(take(budget, report(0, fields), startMs)).toBe('taken');
    expect(take(budget, report(1, fields), startMs)).toBe('implausible');
    expect(take(budget, report(2, fields), startMs + windowMs / 2)).toBe('implausible');
    expect(take(budget, report(3), startMs)).toBe('taken');
    expect(take(budget, report(4, fields), startMs + windowMs)).toBe('taken');
  });

  it('adds up time played and stalled, and bytes from CDN and peers', () => {
    const budget = new SessionBudget(testRates, startMs);
    const half = (windowMs * bytesPerMs) / 2;
    expect(take(budget, report(0, { cdnBytes: half, peerBytes: half }), startMs)).toBe('taken');
    expect(take(budget, report(1, { peerBytes: 1 }), startMs)).toBe('implausible');
    const time = { watchedMs: windowMs, stalledMs: windowMs };
    expect(take(budget, report(2, time), startMs)).toBe('implausible');
  });

  it('takes nothing from the budget for what it refuses', () => {
    const budget = new SessionBudget(testRates, startMs);
    const tooMuch = report(0, { cdnBytes: 2 ** 36, watchedMs: 5_000 });
    for (let count = 0; count < 1_000; count += 1) {
      expect(take(budget, tooMuch, startMs)).toBe('implausible');
    }
    const all = report(1, { cdnBytes: windowMs * bytesPerMs, watchedMs: windowMs });
    expect(take(budget, all, startMs)).toBe('taken');
  });

  it('lets so many announces in as the window has intervals, and then one each of its shares', () => {
    const budget = new SessionBudget(testRates, startMs);
    const burst = Math.floor((windowMs * testRates.announcesMax) / testRates.announceIntervalMs);
    const many = Array.from({ length: 2 * burst }, (_, number) => report(number));
    expect(takenOf(budget, many, startMs)).toHaveLength(burst);
    const later = startMs + testRates.announceIntervalMs;
    const more = many.map((one) => ({ ...one, number: one.number + 2 * burst }));
    expect(takenOf(budget, more, later)).toHaveLength(testRates.announcesMax);
  });

  it('takes what is sent again unchanged for free, and bounds how often', () => {
    const budget = new SessionBudget(testRates, startMs);
    const all = report(7, { cdnBytes: windowMs * bytesPerMs, watchedMs: windowMs });
    expect(take(budget, all, startMs)).toBe('taken');
    const again = new Array<Report>(10_000).fill(all);
    const burst =
      (windowMs / testRates.announceIntervalMs) * testRates.announcesMax * testRates.copiesMax;
    expect(Math.abs(takenOf(budget, again, startMs).length - burst)).toBeLessThanOrEqual(1);
    expect(budget.priceOf(all, startMs)).toBe('too_many_announces');
    expect(take(budget, report(8), startMs)).toBe('taken');
  });

  it.each<[name: string, changes: Partial<Report>]>([
    ['another time', { time: startMs + 60_000 }],
    ['more bytes', { cdnBytes: windowMs * bytesPerMs - 2 }],
    ['less', { cdnBytes: 1 }],
  ])('takes the same number with %s for another announce', (_name, changes) => {
    const budget = new SessionBudget(testRates, startMs);
    const first = report(7, { cdnBytes: 2 });
    expect(take(budget, first, startMs)).toBe('taken');
    expect(budget.priceOf(first, startMs)).toMatchObject({ isCopy: true });
    expect(budget.priceOf({ ...first, ...changes }, startMs)).toMatchObject({ isCopy: false });
  });

  it('never refuses who tells the truth, however late, in whatever order and how often', () => {
    const honest = fc.record({
      gapsMs: fc.array(fc.integer({ min: 500, max: 20_000 }), { minLength: 1, maxLength: 80 }),
      lateMs: fc.array(fc.integer({ min: 0, max: oldestMs }), { minLength: 80, maxLength: 80 }),
      copies: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 80, maxLength: 80 }),
    });
    fc.assert(
      fc.property(honest, ({ gapsMs, lateMs, copies }) => {
        let time = startMs;
        const sent = gapsMs.flatMap((gapMs, number) => {
          time += gapMs;
          const one = reportOf({
            number,
            time,
            watchedMs: gapMs,
            cdnBytes: gapMs * bytesPerMs,
            uploadedBytes: gapMs * bytesPerMs,
          });
          const atMs = time + (lateMs[number] ?? 0);
          const times = Array.from({ length: copies[number] ?? 1 }, (_, copy) => atMs + copy);
          return times.map((nowMs) => ({ nowMs: Math.min(nowMs, time + oldestMs), one }));
        });
        const budget = new SessionBudget(testRates, startMs);
        for (const { nowMs, one } of sent.toSorted((a, b) => a.nowMs - b.nowMs)) {
          expect(take(budget, one, nowMs)).toBe('taken');
        }
      }),
    );
  });

  it('gives back what time allows, to who plays for many windows', () => {
    const budget = new SessionBudget(testRates, startMs);
    const stepMs = 10_000;
    for (let number = 0; number * stepMs <= 10 * windowMs; number += 1) {
      const time = startMs + number * stepMs;
      const bytes = stepMs * bytesPerMs;
      const said = { watchedMs: stepMs, cdnBytes: bytes, uploadedBytes: bytes };
      expect(take(budget, reportOf({ number, time, ...said }), time)).toBe('taken');
    }
  });

  it('lets no more through than the window and the rate, in any time, whatever is tried', () => {
    const tried = fc.record({
      waitMs: fc.integer({ min: 0, max: 3_000 }),
      number: fc.integer({ min: 0, max: 20 }),
      aheadMs: fc.integer({ min: -oldestMs, max: 30_000 }),
      cdnBytes: fc.constantFrom(0, 1, 10_000_000, windowMs * bytesPerMs, 2 ** 36),
      watchedMs: fc.constantFrom(0, 5_000, windowMs, 600_000),
    });
    fc.assert(
      fc.property(fc.array(tried, { maxLength: 200 }), (all) => {
        const budget = new SessionBudget(testRates, startMs);
        let nowMs = startMs;
        const contents = new Map<string, { cdnBytes: number; watchedMs: number }>();
        for (const { waitMs, number, aheadMs, cdnBytes, watchedMs } of all) {
          nowMs += waitMs;
          const one = reportOf({ number, time: nowMs + aheadMs, cdnBytes, watchedMs });
          if (take(budget, one, nowMs) !== 'taken') continue;
          // The log counts one copy of a number in a minute: the largest, if it comes to the worst.
          contents.set(JSON.stringify(one), { cdnBytes, watchedMs });
        }
        const sum = (of: 'cdnBytes' | 'watchedMs'): number =>
          [...contents.values()].reduce((total, one) => total + one[of], 0);
        const allowedMs = windowMs + nowMs - startMs;
        expect(sum('cdnBytes')).toBeLessThanOrEqual(allowedMs * bytesPerMs + 1);
        expect(sum('watchedMs')).toBeLessThanOrEqual(allowedMs * 1.1 + 1);
      }),
    );
  });

  it('remembers no more announces than it may have taken of late', () => {
    const budget = new SessionBudget(testRates, startMs);
    let largest = 0;
    for (let number = 0; number < 20_000; number += 1) {
      const nowMs = startMs + number * 100;
      take(budget, report(number, { time: nowMs + 30_000 }), nowMs);
      largest = Math.max(largest, budget.paidCount);
    }
    const inWindow = (windowMs * testRates.announcesMax) / testRates.announceIntervalMs;
    expect(largest).toBeLessThanOrEqual(2 * inWindow);
  });

  it('neither gives nor takes when the clock is set back', () => {
    const budget = new SessionBudget(testRates, startMs);
    const all = report(0, { watchedMs: windowMs * 1.1 });
    expect(take(budget, all, startMs)).toBe('taken');
    expect(take(budget, report(1, { watchedMs: 100 }), 0)).toBe('implausible');
    expect(take(budget, report(2, { watchedMs: 100 }), 100)).toBe('taken');
  });
});
