import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SessionNumbers } from './session-numbers.js';

describe('SessionNumbers', () => {
  it('takes each number exactly once, near the first one, far from it and below it', () => {
    const number = fc.oneof(
      fc.integer({ min: 90, max: 140 }),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    );
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 80 }), (numbers) => {
        const [first = 0, ...others] = numbers;
        const taken = new Set([first]);
        const sessionNumbers = new SessionNumbers(first);
        for (const other of others) {
          expect(sessionNumbers.take(other)).toBe(!taken.has(other));
          taken.add(other);
        }
      }),
    );
  });

  it('refuses the first number again', () => {
    expect(new SessionNumbers(7).take(7)).toBe(false);
  });
});
