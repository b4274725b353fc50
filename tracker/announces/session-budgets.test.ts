import { describe, expect, it } from '@jest/globals';
import { reportOf } from '../testing/reports.js';
import { seededRandom } from '../../service/random.js';
import { testRates } from '../testing/test-parts.js';
import { SessionBudgets } from './session-budgets.js';

describe('the budgets of all sessions', () => {
  it('are one for all connections of a session, also when it comes back', () => {
    const budgets = new SessionBudgets(testRates, 10, seededRandom(7));
    const budget = budgets.hold('one', 'address', 0);
    expect(budgets.hold('one', 'address', 0)).toBe(budget);
    expect(budgets.hold('other', 'address', 0)).not.toBe(budget);
    budgets.release('one', 'address', 0);
    budgets.release('one', 'address', 0);
    expect(budgets.hold('one', 'address', testRates.windowMs)).toBe(budget);
  });

  it('are forgotten when they are as good as new', () => {
    const budgets = new SessionBudgets(testRates, 10, seededRandom(7));
    const budget = budgets.hold('one', 'address', 0);
    budgets.release('one', 'address', 0);
    budgets.hold('other', 'address', testRates.windowMs + 1);
    expect(budgets.size).toBe(1);
    expect(budgets.hold('one', 'address', testRates.windowMs + 1)).not.toBe(budget);
  });

  it('are bounded: who has been away for longest is forgotten first, and nobody who is there', () => {
    const budgets = new SessionBudgets(testRates, 10, seededRandom(7));
    const present = budgets.hold('present', 'address', 0);
    const last = Array.from({ length: 1_000 }, (_, index) => {
      const budget = budgets.hold(`session ${index}`, 'address', index);
      budgets.release(`session ${index}`, 'address', index);
      expect(budgets.size).toBeLessThanOrEqual(11);
      return budget;
    }).at(-1);
    expect(budgets.hold('present', 'address', 1_000)).toBe(present);
    expect(budgets.hold('session 999', 'address', 1_000)).toBe(last);
  });

  it('let go of nothing that nobody holds', () => {
    const budgets = new SessionBudgets(testRates, 10, seededRandom(7));
    budgets.release('one', 'address', 0);
    expect(budgets.size).toBe(0);
  });

  it('give who comes again under new names no more than who stays', () => {
    const budgets = new SessionBudgets(testRates, 10, seededRandom(7));
    const told = reportOf({ number: 0, time: 0, cdnBytes: 2 ** 24 });
    let takenAtOnce = 0;
    for (let session = 0; session < 50; session += 1) {
      const name = `session ${session}`;
      const budget = budgets.hold(name, 'liar', 0);
      for (let number = 0; ; number += 1) {
        const price = budget.priceOf({ ...told, number }, 0);
        if (typeof price === 'string') break;
        budget.pay(price);
        takenAtOnce += told.cdnBytes;
      }
      budgets.release(name, 'liar', 0);
    }
    const windowBytes = testRates.windowMs * testRates.mbpsMax * 125;
    expect(takenAtOnce).toBeGreaterThan(0);
    expect(takenAtOnce).toBeLessThanOrEqual(windowBytes);
    const elsewhere = budgets.hold('honest', 'elsewhere', 0);
    expect(typeof elsewhere.priceOf(told, 0)).toBe('object');
    const later = budgets.hold('later', 'liar', testRates.windowMs);
    expect(typeof later.priceOf(told, testRates.windowMs)).toBe('object');
  });

  it('take room from one newcomer, and not from all, where one left that used up all', () => {
    const budgets = new SessionBudgets(testRates, 10, seededRandom(7));
    const told = reportOf({ number: 0, time: 0, cdnBytes: 2 ** 24 });
    const isTaken = (session: string): boolean =>
      typeof budgets.hold(session, 'mall', 0).priceOf(told, 0) === 'object';
    const useUp = (session: string): void => {
      const budget = budgets.hold(session, 'mall', 0);
      for (let number = 0; ; number += 1) {
        const price = budget.priceOf({ ...told, number }, 0);
        if (typeof price === 'string') break;
        budget.pay(price);
      }
      budgets.release(session, 'mall', 0);
    };
    useUp('liar');
    expect([isTaken('first'), isTaken('second'), isTaken('third')]).toEqual([false, true, true]);
    budgets.release('second', 'mall', 0);
    useUp('flaps');
    budgets.hold('flaps', 'mall', 0);
    expect(isTaken('fourth')).toBe(true);
  });
});
