import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignSticky, type StickyMember } from './sticky-assignment.js';

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function membersOf(assignment: ReadonlyMap<string, readonly number[]>): StickyMember[] {
  return [...assignment].map(([memberId, owned]) => ({ memberId, owned }));
}

function keptCount(
  before: readonly StickyMember[],
  after: ReadonlyMap<string, readonly number[]>,
): number {
  return before.flatMap(({ memberId, owned }) =>
    owned.filter((partition) => after.get(memberId)?.includes(partition) === true),
  ).length;
}

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const claims = fc
  .uniqueArray(fc.constantFrom(...names), { minLength: 1 })
  .chain((memberIds) =>
    fc.tuple(
      ...memberIds.map((memberId) =>
        fc.record({ memberId: fc.constant(memberId), owned: fc.uniqueArray(fc.nat(40)) }),
      ),
    ),
  );

describe('assignSticky', () => {
  it('gives every partition to exactly one member, and each floor or ceil of P/K, whatever they claim', () => {
    fc.assert(
      fc.property(fc.nat(33), claims, (count, members) => {
        const assignment = assignSticky(range(count), members);
        const shares = [...assignment.values()];
        expect(shares.flat().sort((a, b) => a - b)).toEqual(range(count));
        expect(assignment.size).toBe(members.length);
        for (const share of shares) {
          expect(share.length).toBeGreaterThanOrEqual(Math.floor(count / members.length));
          expect(share.length).toBeLessThanOrEqual(Math.ceil(count / members.length));
        }
      }),
    );
  });

  it('is the same in whatever order the members come', () => {
    fc.assert(
      fc.property(claims, (members) => {
        const assignment = assignSticky(range(16), members);
        const reversed = assignSticky(range(16), [...members].reverse());
        expect(Object.fromEntries(reversed)).toEqual(Object.fromEntries(assignment));
      }),
    );
  });

  it('moves only the newcomer’s share when a member joins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (count, size) => {
          const before = membersOf(
            assignSticky(
              range(count),
              names.slice(0, size).map((memberId) => ({ memberId, owned: [] })),
            ),
          );
          const after = assignSticky(range(count), [...before, { memberId: 'new', owned: [] }]);
          expect(keptCount(before, after)).toBe(count - (after.get('new')?.length ?? 0));
        },
      ),
    );
  });

  it('moves only the leaver’s partitions when a member leaves', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 2, max: 7 }),
        (count, size) => {
          const before = membersOf(
            assignSticky(
              range(count),
              names.slice(0, size).map((memberId) => ({ memberId, owned: [] })),
            ),
          );
          const [leaver, ...stayers] = before;
          const after = assignSticky(range(count), stayers);
          expect(keptCount(stayers, after)).toBe(count - (leaver?.owned.length ?? 0));
        },
      ),
    );
  });

  it('keeps a partition that two claim with one of them', () => {
    const assignment = assignSticky(range(2), [
      { memberId: 'a', owned: [0, 1] },
      { memberId: 'b', owned: [0, 1] },
    ]);
    expect(Object.fromEntries(assignment)).toEqual({ a: [0], b: [1] });
  });
});
