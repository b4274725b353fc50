import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sourceMutations } from '../testing/mutations/catalogue.js';
import { MutatedTree } from '../testing/mutations/mutated-tree.js';

describe('a rule that is broken by an edit of the source is noticed', () => {
  let tree: MutatedTree;
  beforeAll(async () => {
    tree = await MutatedTree.copy();
  });
  afterAll(() => tree.remove());

  it('by tests that pass where none is broken', async () => {
    const outcomes = await tree.outcomesUnmutated(sourceMutations);
    expect(outcomes.filter((outcome) => outcome !== 'passed')).toEqual([]);
  }, 600_000);

  it.each(sourceMutations.map((mutation) => [mutation.name, mutation] as const))(
    '%s',
    async (_name, mutation) => {
      expect(await tree.outcomeOf(mutation)).toBe('failed');
    },
    600_000,
  );
});
