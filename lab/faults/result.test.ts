import { describe, expect, it } from '@jest/globals';
import { failuresOf, outcomeRow, tableHead, type FaultResult } from './result.js';

const good: FaultResult = {
  name: 'totals-kill',
  what: 'rollup with totals: kill -9',
  hasTarget: true,
  announcesPerSecond: 580,
  acknowledged: 30_000,
  refused: 0,
  unknown: 3,
  resent: 120,
  announcesTaken: 9_000,
  minutesCompared: 9,
  valuesCompared: 12_345,
  differences: 0,
  firstDifferences: [],
  writtenAgainMs: 14_250,
  awayMs: 1_800,
  writtenAfterBackMs: 12_450,
  durationMs: 50_000,
  died: [],
  notes: [],
};

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('the results of faults', () => {
  it('pass without a difference, under enough load, with the minute written', () => {
    expect(failuresOf(good)).toEqual([]);
    expect(outcomeRow(good)).toMatch(/totals-kill.* 30000 .* 14\.3 /);
  });

  it.each([
    [{ differences: 2 }, '2 differences'],
    [{ announcesPerSecond: 499 }, 'only 499 announces/s'],
    [{ announcesTaken: 999 }, 'only 999 announces taken during it'],
    [{ writtenAgainMs: null }, 'the minute was not written'],
    [{ died: ['rollup-3 ended'] }, 'rollup-3 ended'],
  ])('fail with %j', (change, failure) => {
    const result = { ...good, ...change };
    expect(failuresOf(result)).toEqual([failure]);
    expect(cellsOf(outcomeRow(result)).at(-1)).toBe(`FAILED: ${failure}`);
  });

  it('say that a minute came later than it should, which is no difference', () => {
    const slow = { ...good, writtenAgainMs: 20_100 };
    expect(failuresOf(slow)).toEqual([]);
    expect(outcomeRow(slow)).toContain('above 20 s');
  });

  it('are rows of a Markdown table, also of those that could not be tried and those that broke off', () => {
    const skipped = { name: 'full-disk', what: '', kind: 'skipped', reason: 'no root' } as const;
    const broken = { name: 'poison', what: '', kind: 'broken', reason: 'a | b\nlog' } as const;
    const [titles = '', rule = ''] = tableHead().split('\n');
    for (const row of [good, skipped, broken].map(outcomeRow)) {
      expect(cellsOf(row)).toHaveLength(cellsOf(titles).length);
    }
    expect(cellsOf(rule).every((cell) => /^-+:?$/.test(cell))).toBe(true);
    expect(outcomeRow(skipped)).toContain('skipped: no root');
    expect(cellsOf(outcomeRow(broken)).at(-1)).toBe('FAILED: a / b');
    expect(failuresOf(skipped)).toEqual([]);
    expect(failuresOf(broken)).toEqual(['a | b\nlog']);
  });
});
