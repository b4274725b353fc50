import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { portalLimits } from '../limits.js';
import { rangeNames, spanOf } from '../web/src/time/range.js';
import { finerAt, stepsOf, timesOf, type StepRules, type Steps } from './steps.js';

const { coarseMs, minutesKeptMs, stepsMax } = portalLimits;
const nowMs = Date.UTC(2026, 9, 7, 18, 0, 30);

function rulesOf(intervalMs: number): StepRules {
  return { intervalMs, stepMsMin: 0, stepsMax, minutesFromMs: nowMs - minutesKeptMs, coarseMs };
}

function stepsAt(intervalMs: number, { fromMs, untilMs }: Pick<Steps, 'fromMs' | 'untilMs'>) {
  return stepsOf(fromMs, untilMs, rulesOf(intervalMs));
}

/** All that a cluster may be set up with. */
const intervals = fc.integer({ min: 1, max: 3_600 }).map((seconds) => seconds * 1_000);
const ranges = fc.constantFrom(...rangeNames);

describe('the steps of a range', () => {
  it('are there for each button of the page, however long a minute is', () => {
    fc.assert(
      fc.property(intervals, ranges, (intervalMs, name) => {
        const steps = stepsAt(intervalMs, spanOf({ kind: 'last', name }, nowMs));
        expect(steps).toBeDefined();
        expect(timesOf(steps as Steps).length).toBeLessThanOrEqual(stepsMax);
      }),
    );
  });

  it('are whole points of Graphite, so that none is in two of them', () => {
    fc.assert(
      fc.property(intervals, ranges, fc.nat(400), (intervalMs, name, days) => {
        const endMs = nowMs - days * 86_400_000;
        const { stepMs } = stepsAt(intervalMs, spanOf({ kind: 'last', name }, endMs)) as Steps;
        expect(stepMs % intervalMs).toBe(0);
        // Of minutes that are longer there are no coarse points.
        if (stepMs >= coarseMs && intervalMs < coarseMs) expect(stepMs % coarseMs).toBe(0);
      }),
    );
  });

  it.each([
    ['24h', 60, 60],
    ['7d', 60, 600],
    ['30d', 60, 1_800],
    ['1y', 60, 21_600],
    ['24h', 15, 150],
    ['30d', 30, 1_800],
    ['1y', 10, 21_600],
    ['1y', 1, 21_600],
  ] as const)('of %s where a minute is of %d s are of %d s', (name, interval, step) => {
    const steps = stepsAt(interval * 1_000, spanOf({ kind: 'last', name }, nowMs));
    expect(steps?.stepMs).toBe(step * 1_000);
  });
});

describe('finer steps about a time', () => {
  it('leave of a range nothing out, have nothing twice, and end within a minute of it', () => {
    fc.assert(
      fc.property(intervals, ranges, fc.nat(29 * 86_400_000), (intervalMs, name, agoMs) => {
        const steps = stepsAt(intervalMs, spanOf({ kind: 'last', name }, nowMs)) as Steps;
        const timeMs = nowMs - agoMs;
        const parts = finerAt(timeMs, steps, rulesOf(intervalMs));
        expect(parts[0]?.fromMs).toBe(steps.fromMs);
        expect(parts.at(-1)?.untilMs).toBe(steps.untilMs);
        for (const [at, { fromMs, untilMs, stepMs }] of parts.entries()) {
          expect(untilMs).toBe(parts[at + 1]?.fromMs ?? steps.untilMs);
          expect(fromMs % stepMs).toBe(0);
          const isAround = fromMs <= timeMs && timeMs < untilMs && timeMs % stepMs !== 0;
          if (isAround && 600_000 % intervalMs === 0) expect(stepMs).toBe(intervalMs);
        }
      }),
    );
  });
});
