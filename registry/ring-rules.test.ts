import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyRing, membersAfter, nextRing, ringLimits, type RingState } from './ring-rules.js';

type Change = Parameters<typeof nextRing>[1];

const join = (node: string): Change => ({ change: 'join', node, replacement: '' });
const leave = (node: string): Change => ({ change: 'leave', node, replacement: '' });
const replace = (node: string, replacement: string): Change => ({
  change: 'replace',
  node,
  replacement,
});
const [clear, commit] = (['clear', 'commit'] as const).map((change): Change => ({
  change,
  node: '',
  replacement: '',
})) as [Change, Change];

/** The ring after commands that must all be taken. */
function ringAfter(...changes: readonly Change[]): RingState {
  let state = emptyRing;
  for (const change of changes) {
    const next = nextRing(state, change);
    if (typeof next === 'string') throw new Error(next);
    state = next;
  }
  return state;
}

describe('a ring', () => {
  it('has what is staged take effect at the commit, and not before', () => {
    const staged = ringAfter(join('b'), join('a'));
    expect(staged.members).toEqual([]);
    expect(membersAfter(staged)).toEqual(['a', 'b']);
    const committed = ringAfter(join('b'), join('a'), commit);
    expect(committed).toEqual({
      revision: 3,
      committedRevision: 3,
      members: ['a', 'b'],
      staged: [],
    });
    const later = ringAfter(join('b'), join('a'), commit, leave('a'), replace('b', 'c'));
    expect(later).toMatchObject({ revision: 5, committedRevision: 3, members: ['a', 'b'] });
    expect(ringAfter(join('b'), join('a'), commit, leave('a'), replace('b', 'c'), commit)).toEqual({
      revision: 6,
      committedRevision: 6,
      members: ['c'],
      staged: [],
    });
  });

  it('forgets what was staged when it is cleared', () => {
    const cleared = ringAfter(join('a'), commit, join('b'), leave('a'), clear);
    expect(cleared).toMatchObject({
      revision: 5,
      committedRevision: 2,
      members: ['a'],
      staged: [],
    });
  });

  it.each<[string, Change, string]>([
    ['nothing to commit', commit, 'nothing is staged'],
    ['nothing to clear', clear, 'nothing is staged'],
    ['a member that joins', join('a'), 'a is a member already'],
    ['a stranger that leaves', leave('x'), 'x is no member'],
    ['a stranger that is replaced', replace('x', 'c'), 'x is no member'],
    ['a member as a replacement', replace('a', 'b'), 'b is a member already'],
    ['itself as a replacement', replace('a', 'a'), "a can't replace itself"],
    ['no name', join(''), '"" is no name of a node'],
    ['a name with a space', join('a b'), '"a b" is no name of a node'],
  ])('refuses %s', (_what, change, why) => {
    expect(nextRing(ringAfter(join('a'), join('b'), commit), change)).toBe(why);
  });

  it('has each node in one staged change at the most', () => {
    const state = ringAfter(join('a'), join('b'), commit, replace('a', 'c'));
    for (const change of [leave('a'), join('c'), replace('b', 'c'), replace('a', 'd')]) {
      expect(nextRing(state, change)).toMatch(/is in a change that is staged already/);
    }
    expect(nextRing(state, leave('b'))).not.toEqual(expect.any(String));
  });

  it('has an end', () => {
    const many = Array.from({ length: ringLimits.stagedMax }, (_, index) => join(`n${index}`));
    const state = ringAfter(...many);
    expect(nextRing(state, join('one-more'))).toBe('more than 1000 changes');
    const full = ringAfter(...many, commit);
    expect(nextRing(full, join('one-more'))).toBe('more than 1000 members');
    expect(nextRing(full, replace('n0', 'other'))).not.toEqual(expect.any(String));
  });

  it('keeps its rules whatever is asked', () => {
    const node = fc.constantFrom('a', 'b', 'c', 'd', 'not a name');
    const change = fc.oneof(
      node.map(join),
      node.map(leave),
      fc.tuple(node, node).map(([one, other]) => replace(one, other)),
      fc.constantFrom(clear, commit),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        let state = emptyRing;
        for (const one of changes) {
          const next = nextRing(state, one);
          if (typeof next === 'string') continue;
          expect(next.revision).toBe(state.revision + 1);
          if (one.change === 'commit') expect(next.members).toEqual(membersAfter(state));
          else expect(next.members).toEqual(state.members);
          expect(new Set(next.members).size).toBe(next.members.length);
          expect(next.members).not.toContain('not a name');
          state = next;
        }
      }),
    );
  });
});
