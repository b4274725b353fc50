import { describe, expect, it } from '@jest/globals';
import type { ReadableColumns } from '../../graphite/index.js';
import { portalLimits } from '../limits.js';
import { ClosedReader, freshnessOf } from './closed-minutes.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const { coarseMs, minutesKeptMs } = portalLimits;
const nowMs = 1_760_000_400_000 + 10_000;
const naming = { prefix: 'v', intervalMs: minuteMs, partialPartitions: 1 };

/**
 * A portal that starts now, with the archives that are shipped: the figures over all streams go on,
 * and no minute since then is closed; undefined: rollups of before, which tell of none.
 */
function startedIn(closedUntilMs?: number, spansMs: number[] = []): ClosedReader {
  const columns: ReadableColumns = ({ targets, fromMs, untilMs }) => {
    spansMs.push(untilMs - fromMs);
    const stepMs = fromMs < nowMs - minutesKeptMs ? coarseMs : minuteMs;
    const first = Math.ceil(fromMs / stepMs) * stepMs;
    const valuesOf = (of: (timeMs: number) => number) =>
      Float64Array.from({ length: Math.ceil((untilMs - first) / stepMs) }, (_, at) =>
        of(first + at * stepMs),
      );
    const closedAt = (timeMs: number): number =>
      timeMs < (closedUntilMs ?? 0) ? stepMs / minuteMs : NaN;
    const series = targets.map((name) => {
      const values = valuesOf(name.endsWith('.viewers') ? () => 9 : closedAt);
      return { name: name.replace('*', '0'), fromMs: first, stepMs, values };
    });
    return Promise.resolve({ series, unreadable: [] });
  };
  return new ClosedReader({ ...naming, columns, now: () => nowMs });
}

describe('a portal that starts in an outage in which no minute is closed', () => {
  it.each([1, 8, 27])('says since when, after %d days', async (days) => {
    const sinceMs = nowMs - 10_000 - days * dayMs;
    const closed = await startedIn(sinceMs).get();
    expect(closed).toMatchObject({ furthestMs: sinceMs, untilMs: [sinceMs] });
    expect(freshnessOf(closed, 0, minuteMs)).toBe('stale');
  });

  it.each([29, 40, 700])('says so by coarser points after %d days', async (days) => {
    const sinceMs = Math.floor((nowMs - days * dayMs) / coarseMs) * coarseMs;
    const closed = await startedIn(sinceMs).get();
    expect(closed).toMatchObject({ furthestMs: sinceMs, untilMs: [sinceMs] });
    expect(freshnessOf(closed, 0, minuteMs)).toBe('stale');
  });

  it('takes the figures over all streams for the sign where none was ever told', async () => {
    const closed = await startedIn().get();
    expect(closed.toldSinceMs).toBeNull();
    expect(freshnessOf(closed, 0, minuteMs)).toBe('fresh');
  });
});

describe('a portal that starts', () => {
  it('looks no further back where the first of the last minutes is told', async () => {
    const spansMs: number[] = [];
    const closed = await startedIn(nowMs - 10_000, spansMs).get();
    expect(freshnessOf(closed, 0, minuteMs)).toBe('fresh');
    expect(spansMs).toEqual([portalLimits.sparklineMinutes * minuteMs]);
  });
});
