import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { namePatterns } from './name-patterns.js';

const has = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

describe('namePatterns', () => {
  it('has every name, and no pattern has more than may be', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '~2E'), minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(name, { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (names, most) => {
          const patterns = namePatterns(names, most);
          const distinct = [...new Set(names)];
          expect(patterns.flatMap((one) => one.names).sort()).toEqual(distinct.sort());
          for (const { pattern, names: own } of patterns) {
            expect(own.every((one) => has(pattern, one))).toBe(true);
            expect(distinct.filter((one) => has(pattern, one)).length).toBeLessThanOrEqual(most);
          }
        },
      ),
    );
  });

  it('is few patterns for names that are alike', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `stream-${10_000 + index}`);
    expect(namePatterns(names, 250)).toHaveLength(100);
    expect(namePatterns(['arena', 'studio'], 250)).toEqual([
      { pattern: '*', names: ['arena', 'studio'] },
    ]);
  });
});
