import { describe, expect, it } from '@jest/globals';
import { LeftBudgets } from './left-budgets.js';

describe('what sessions leave of their budgets', () => {
  it('is taken over once each, the most first, less the time that passed', () => {
    const left = new LeftBudgets(10);
    left.leave('a', 'little', [1_000, 0], 0);
    left.leave('a', 'much', [0, 9_000], 0);
    left.leave('b', 'other', [5_000, 5_000], 0);
    expect(left.takeOver('a', 400)).toEqual([0, 8_600]);
    expect(left.takeOver('a', 400)).toEqual([600, 0]);
    expect(left.takeOver('a', 400)).toEqual([]);
    expect(left.size).toBe(1);
  });

  it('goes with whoever comes back', () => {
    const left = new LeftBudgets(10);
    left.leave('a', 'one', [1_000], 0);
    left.leave('a', 'other', [2_000], 0);
    left.cameBack('a', 'other');
    left.cameBack('a', 'nobody');
    left.cameBack('nowhere', 'one');
    expect(left.takeOver('a', 0)).toEqual([1_000]);
  });

  it('is over when the time is', () => {
    const left = new LeftBudgets(10);
    left.leave('a', 'one', [1_000], 0);
    left.leave('a', 'other', [500], 0);
    expect(left.takeOver('a', 1_000)).toEqual([]);
    expect(left.size).toBe(0);
  });

  it('is bounded: the address that was left longest ago goes first', () => {
    const left = new LeftBudgets(3);
    left.leave('a', 'one', [1_000], 0);
    for (const session of ['two', 'three', 'four']) left.leave('b', session, [1_000], 0);
    expect([left.size, left.takeOver('a', 0)]).toEqual([3, []]);
    for (let session = 0; session < 10; session += 1) left.leave('b', `${session}`, [session], 0);
    expect(left.size).toBe(3);
    expect(left.takeOver('b', 0)).toEqual([9]);
  });

  it('stays cheap with very many of one address', () => {
    const left = new LeftBudgets(100_000);
    for (let session = 0; session < 50_000; session += 1) {
      left.leave('a', `${session}`, [50_000 - session], 0);
    }
    // Of the latest thousand.
    expect(left.takeOver('a', 0)).toEqual([1_000]);
  });
});
