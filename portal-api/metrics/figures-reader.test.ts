import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RenderRequest } from '../../graphite/index.js';
import { portalLimits } from '../limits.js';
import type { Figures } from './figures.js';
import { FiguresReader } from './figures-reader.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const startMs = 1_760_000_400_000;
const { coarseMs, minutesKeptMs } = portalLimits;

let nowMs: number;
let requests: Omit<RenderRequest, 'withSteps'>[];
let isWhole: boolean;

/** A Graphite with the shipped archives, whose value is the time. */
const reader = (): FiguresReader =>
  new FiguresReader({
    intervalMs: minuteMs,
    now: () => nowMs,
    columns: (request) => {
      requests.push(request);
      const { fromMs, untilMs } = request;
      const stepMs = fromMs < nowMs - minutesKeptMs ? coarseMs : minuteMs;
      const first = Math.ceil(fromMs / stepMs) * stepMs;
      const count = Math.max(0, Math.ceil((untilMs - first) / stepMs));
      const values = Float64Array.from({ length: count }, (_, index) => first + index * stepMs);
      const series = [{ name: 'a.viewers', fromMs: first, stepMs, values }];
      return Promise.resolve({ series, unreadable: [] });
    },
  });
const wanted = {
  key: 'a',
  targets: ['a.*'],
  closedTargets: ['closed'],
  isWhole: () => isWhole,
};

/** The times of all points, which have to follow one another. */
function timesOf(parts: readonly Figures[]): number[] {
  return parts.flatMap((part) => [...(part.columns.get('a.viewers') ?? [])]);
}

beforeEach(() => {
  nowMs = startMs;
  requests = [];
  isWhole = true;
});

describe('FiguresReader', () => {
  it('reads finished minutes once, and those that still change each time', async () => {
    const figures = reader();
    const steps = { fromMs: startMs - hourMs, untilMs: startMs, stepMs: minuteMs };
    const expected = Array.from({ length: 60 }, (_, minute) => steps.fromMs + minute * minuteMs);
    expect(timesOf(await figures.parts(wanted, steps))).toEqual(expected);
    expect(requests).toHaveLength(1);
    nowMs += minuteMs;
    const later = { ...steps, fromMs: steps.fromMs + minuteMs, untilMs: steps.untilMs + minuteMs };
    expect(timesOf(await figures.parts(wanted, later))).toEqual(
      expected.map((time) => time + minuteMs),
    );
    expect(requests).toHaveLength(2);
    expect(requests.at(-1)?.fromMs).toBe(startMs - portalLimits.finishedAfterMs);
  });

  it('reads all anew after some minutes, since what is finished may have been mended', async () => {
    const figures = reader();
    const steps = { fromMs: startMs - hourMs, untilMs: startMs, stepMs: minuteMs };
    await figures.parts(wanted, steps);
    nowMs += portalLimits.keptMsMax;
    await figures.parts(wanted, steps);
    expect(requests.filter(({ fromMs }) => fromMs === steps.fromMs)).toHaveLength(2);
  });

  it('keeps nothing that is not known up to its end', async () => {
    isWhole = false;
    const figures = reader();
    const steps = { fromMs: startMs - hourMs, untilMs: startMs, stepMs: minuteMs };
    await figures.parts(wanted, steps);
    await figures.parts(wanted, steps);
    expect(requests).toHaveLength(2);
  });

  it('reads coarse points for long steps that are over, and then goes on in minutes', async () => {
    const stepMs = 30 * minuteMs;
    const lastMs = Math.ceil(startMs / stepMs) * stepMs;
    nowMs = lastMs + minuteMs;
    const fromMs = lastMs - 20 * dayMs;
    const steps = { fromMs, untilMs: lastMs + stepMs, stepMs };
    const figures = reader();
    const first = await figures.parts(wanted, steps);
    expect(first).toMatchObject([{ fromMs, untilMs: lastMs, stepMs: coarseMs }]);
    expect(timesOf(first).slice(0, 2)).toEqual([fromMs, fromMs + coarseMs]);
    const next = await figures.parts(wanted, steps);
    expect(next).toMatchObject([
      { fromMs, untilMs: lastMs - stepMs, stepMs: coarseMs },
      { fromMs: lastMs - stepMs, untilMs: lastMs, stepMs: minuteMs },
    ]);
    expect(requests).toHaveLength(2);
  });

  it('reads long ranges in halves, and takes for closed what both of them do', async () => {
    const fromMs = Math.floor((startMs - 20 * dayMs) / coarseMs) * coarseMs;
    const untilMs = fromMs + 3 * coarseMs;
    const values: Record<string, number[]> = { a: [1, 2, 3], b: [4, 5, 6], c: [7, 8, 9] };
    const asked: (readonly string[])[] = [];
    const figures = new FiguresReader({
      intervalMs: minuteMs,
      now: () => nowMs,
      columns: ({ targets }) => {
        asked.push(targets);
        // The last step is closed between both requests.
        const closed = asked.length === 1 ? [10, 10, 9] : [10, 10, 10];
        const all = { ...values, closed, untold: asked.length === 1 ? [1, NaN, 1] : [1, 1, 1] };
        const series = Object.entries(all)
          .filter(([name]) => targets.includes(name))
          .map(([name, of]) => ({
            name,
            fromMs,
            stepMs: coarseMs,
            values: Float64Array.from(of),
          }));
        return Promise.resolve({ series, unreadable: ['broken', targets[0] ?? ''] });
      },
    });
    const closedTargets = ['closed', 'untold'];
    const parts = await figures.parts(
      { key: 'all', targets: ['a', 'b', 'c'], closedTargets, isWhole: () => true },
      { fromMs, untilMs, stepMs: coarseMs },
    );
    expect(asked).toEqual([
      ['a', 'c', 'closed', 'untold'],
      ['b', 'closed', 'untold'],
    ]);
    const columns = Object.fromEntries(
      [...(parts[0]?.columns ?? [])].map(([name, of]) => [name, [...of]]),
    );
    expect(columns).toEqual({ ...values, closed: [10, 10, 9], untold: [1, NaN, 1] });
    expect([...(parts[0]?.unreadable ?? [])]).toEqual(['broken', 'a', 'b']);
  });
});
