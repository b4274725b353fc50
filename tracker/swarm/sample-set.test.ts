import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededRandom } from '../../service/random.js';
import { SampleSet } from './sample-set.js';

describe('a sample set', () => {
  it('gives as many as are wanted and there, none that was chosen before, and keeps its members', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.uniqueArray(fc.integer({ min: 0, max: 60 })),
        fc.uniqueArray(fc.integer({ min: 0, max: 60 })),
        fc.integer({ min: 0, max: 40 }),
        (seed, members, before, max) => {
          const set = new SampleSet<number>();
          for (const member of members) set.add(member);
          const chosen = new Set(before);
          set.sampleInto(chosen, max, seededRandom(seed));
          const sampled = [...chosen].filter((one) => !before.includes(one));
          const there = members.filter((one) => !before.includes(one));
          expect(there).toEqual(expect.arrayContaining(sampled));
          expect(sampled).toHaveLength(Math.min(max, there.length));
          const all = new Set<number>();
          set.sampleInto(all, members.length, seededRandom(seed));
          expect([...all].sort()).toEqual([...members].sort());
          for (const member of members) set.delete(member);
          expect(set.size).toBe(0);
        },
      ),
    );
  });

  it.each([10, 40])('gives each of %i members equally often', (size) => {
    const set = new SampleSet<number>();
    for (let member = 0; member < size; member += 1) set.add(member);
    const random = seededRandom(3);
    const counts = Array<number>(size).fill(0);
    for (let round = 0; round < 10_000; round += 1) {
      const chosen = new Set<number>();
      set.sampleInto(chosen, 3, random);
      for (const member of chosen) counts[member] = (counts[member] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 30_000 / size)).toBeLessThan(200);
  });
});
