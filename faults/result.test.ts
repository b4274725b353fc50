import { describe, expect, it } from '@jest/globals';
import { failuresOf, outcomeLine, resultTable, type FaultResult } from './result.js';

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

describe('the results of faults', () => {
  it('pass without a difference, under enough load, with the minute written', () => {
    expect(failuresOf(good)).toEqual([]);
    expect(outcomeLine(good)).toMatch(/^totals-kill: ok; 30000 acknowledged, 9 minutes, .*14\.3 s/);
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
    expect(outcomeLine(result)).toContain('FAILED');
  });

  it('say that a minute came later than it should, which is no difference', () => {
    const slow = { ...good, writtenAgainMs: 20_100 };
    expect(failuresOf(slow)).toEqual([]);
    expect(outcomeLine(slow)).toContain('above 20 s');
  });

  it('stand in a table, with those that could not be tried and those that broke off', () => {
    const skipped = { name: 'full-disk', what: '', kind: 'skipped', reason: 'no root' } as const;
    const broken = { name: 'poison', what: '', kind: 'broken', reason: 'no minute' } as const;
    const table = resultTable([good, skipped, broken]);
    expect(table).toMatch(/totals-kill .* 30000 .* 14\.3/);
    expect(table).toContain('skipped: no root');
    expect(failuresOf(skipped)).toEqual([]);
    expect(failuresOf(broken)).toEqual(['no minute']);
  });
});
