import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { namePatterns, packed } from './name-patterns.js';

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

  it('has no more names that were not given than others, of those that there are', () => {
    const all = Array.from({ length: 1_000 }, (_, index) => `${1_000 + index}`);
    const given = all.filter((_, index) => index < 100 || index % 10 === 0);
    const patterns = namePatterns(given, 250, all);
    expect(patterns.flatMap(({ names }) => names)).toEqual(given);
    for (const { pattern, names } of patterns) {
      const others = all.filter((name) => has(pattern, name)).length - names.length;
      expect(others).toBeLessThanOrEqual(names.length);
    }
    expect(patterns.map(({ pattern }) => pattern).slice(0, 3)).toEqual(['10*', '1100', '1110']);
  });

  it('is few patterns for names that are alike', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `stream-${10_000 + index}`);
    expect(namePatterns(names, 250)).toHaveLength(100);
    expect(namePatterns(['arena', 'studio'], 250)).toEqual([
      { pattern: '*', names: ['arena', 'studio'] },
    ]);
  });
});

describe('packed', () => {
  it('has all patterns in their order, and no pack more names or patterns than may be', () => {
    const one = (count: number) => ({ pattern: `${count}`, names: Array<string>(count).fill('') });
    const patterns = [3, 1, 1, 4, 1, 1, 1].map(one);
    const packs = [...packed(patterns, 5, 2)].map((pack) => pack.map(({ pattern }) => pattern));
    expect(packs).toEqual([['3', '1'], ['1', '4'], ['1', '1'], ['1']]);
  });
});
