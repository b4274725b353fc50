import { describe, expect, it } from '@jest/globals';
import { testRates } from '../testing/test-parts.js';
import { SessionBudgets } from './session-budgets.js';

describe('the budgets of all sessions', () => {
  it('are one for all connections of a session, also when it comes back', () => {
    const budgets = new SessionBudgets(testRates, 10);
    const budget = budgets.hold('one', 0);
    expect(budgets.hold('one', 0)).toBe(budget);
    expect(budgets.hold('other', 0)).not.toBe(budget);
    budgets.release('one', 0);
    budgets.release('one', 0);
    expect(budgets.hold('one', testRates.windowMs)).toBe(budget);
  });

  it('are forgotten when they are as good as new', () => {
    const budgets = new SessionBudgets(testRates, 10);
    const budget = budgets.hold('one', 0);
    budgets.release('one', 0);
    budgets.hold('other', testRates.windowMs + 1);
    expect(budgets.size).toBe(1);
    expect(budgets.hold('one', testRates.windowMs + 1)).not.toBe(budget);
  });

  it('are bounded: who has been away for longest is forgotten first, and nobody who is there', () => {
    const budgets = new SessionBudgets(testRates, 10);
    const present = budgets.hold('present', 0);
    const last = Array.from({ length: 1_000 }, (_, index) => {
      const budget = budgets.hold(`session ${index}`, index);
      budgets.release(`session ${index}`, index);
      expect(budgets.size).toBeLessThanOrEqual(11);
      return budget;
    }).at(-1);
    expect(budgets.hold('present', 1_000)).toBe(present);
    expect(budgets.hold('session 999', 1_000)).toBe(last);
  });

  it('let go of nothing that nobody holds', () => {
    const budgets = new SessionBudgets(testRates, 10);
    budgets.release('one', 0);
    expect(budgets.size).toBe(0);
  });
});
