import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededRandom, type Random } from '../../service/random.js';
import { SampleSet } from './sample-set.js';

/** Up to `max` members, without those that were chosen before. */
function sampleOf(
  set: SampleSet<number>,
  { max, random, before = [] }: { max: number; random: Random; before?: readonly number[] },
): number[] {
  const sample: number[] = [];
  set.sample(max, random, (member) => {
    if (before.includes(member) || sample.includes(member)) return false;
    sample.push(member);
    return true;
  });
  return sample;
}

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
          const sampled = sampleOf(set, { max, random: seededRandom(seed), before });
          const there = members.filter((one) => !before.includes(one));
          expect(there).toEqual(expect.arrayContaining(sampled));
          expect(sampled).toHaveLength(Math.min(max, there.length));
          const all = sampleOf(set, { max: members.length, random: seededRandom(seed) });
          expect(all.sort()).toEqual([...members].sort());
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
      for (const member of sampleOf(set, { max: 3, random })) {
        counts[member] = (counts[member] ?? 0) + 1;
      }
    }
    for (const count of counts) expect(Math.abs(count - 30_000 / size)).toBeLessThan(200);
  });
});
