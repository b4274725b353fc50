import { describe, expect, it } from '@jest/globals';
import type { StreamMinuteRow } from '../../clickhouse/index.js';
import { row } from '../testing/rows.js';
import { wrongCells } from './cells.js';
import type { Difference } from './differences.js';
import { repairsOf, type Repair } from './repairs.js';

function repairs(
  counted: readonly StreamMinuteRow[],
  stored: readonly StreamMinuteRow[],
  wrongPoints: readonly Difference[] = [],
): Repair[] {
  const wrong = wrongCells(counted, stored, 60_000);
  return repairsOf(
    {
      stored,
      wrongCells: wrong,
      wrongPoints,
      cells: 0,
      points: 0,
      cellsAtBound: 0,
      unreadable: [],
    },
    60_000,
  );
}

const point = { sink: 'graphite', stream: 'arena', minute: 100 } as const;

describe('repairsOf', () => {
  it('writes the cells that are wrong, above the highest version of their minute', () => {
    const [repair, ...others] = repairs(
      [row({ viewers: 2 }), row({ viewers: 1, quality: '480p' }), row({ viewers: 5, minute: 101 })],
      [
        row({ viewers: 1, version: 7 }),
        row({ viewers: 1, quality: '480p', version: 9 }),
        row({ viewers: 5, minute: 101, version: 80 }),
      ],
    );
    expect(others).toEqual([]);
    expect(repair).toMatchObject({ stream: 'arena', minute: 100, points: [], smaller: [] });
    expect(repair?.rows).toEqual([row({ viewers: 2, version: 10 })]);
  });

  it('writes zeros where no cell should be, and says that it gets smaller', () => {
    const [repair] = repairs([], [row({ viewers: 3, version: 4 })]);
    expect(repair?.rows).toEqual([row({ version: 5 })]);
    expect(repair?.smaller).toMatchObject([{ counter: 'viewers', expected: 0, found: 3 }]);
  });

  it('writes points at the minute’s start, and tells those that are sums and get smaller', () => {
    const [repair] = repairs(
      [],
      [],
      [
        { ...point, counter: 'v.streams.arena.viewers', expected: 2, found: 3 },
        { ...point, counter: 'v.streams.arena.stall_ratio', expected: 0.1, found: 0.2 },
      ],
    );
    expect(repair?.points).toEqual([
      { metric: 'v.streams.arena.viewers', value: 2, timeS: 6_000 },
      { metric: 'v.streams.arena.stall_ratio', value: 0.1, timeS: 6_000 },
    ]);
    expect(repair?.smaller).toHaveLength(1);
  });

  it('writes a zero that was not told', () => {
    const untold = { ...point, stream: '*', counter: 'v.total.viewers', expected: 0, found: null };
    expect(repairs([], [], [untold])).toMatchObject([
      { points: [{ metric: 'v.total.viewers', value: 0, timeS: 6_000 }], smaller: [] },
    ]);
  });

  it('keeps a stream’s minute together, so that a viewer is not counted in two cells', () => {
    const moved = repairs([row({ viewers: 1 })], [row({ viewers: 1, quality: '480p' })]);
    expect(moved).toHaveLength(1);
    expect(moved[0]?.rows).toHaveLength(2);
    expect(moved[0]?.smaller).toMatchObject([{ quality: '480p' }]);
  });
});
