/**
 * A group's member as the assignment sees it. `owned`: the partitions that it says it had before.
 * Members stand in the order of their nodes' names, so that who knows these can tell beforehand.
 */
export interface StickyMember {
  readonly memberId: string;
  readonly node?: string;
  readonly owned: readonly number[];
}

/**
 * Shares partitions out so that with K members each has floor or ceil of P/K, and as few as
 * possible move. Members with the most to keep get the larger shares; a partition that two claim
 * stays with the first by id. Pure and deterministic: whoever leads the group computes the same.
 * @returns each member's partitions, ascending
 */
export function assignSticky(
  partitions: readonly number[],
  members: readonly StickyMember[],
): ReadonlyMap<string, readonly number[]> {
  const free = new Set([...partitions].sort((a, b) => a - b));
  const claims = inOrder(members).map(({ memberId, node, owned }) => ({
    memberId,
    node,
    kept: [...new Set(owned)].filter((partition) => free.delete(partition)).sort((a, b) => a - b),
  }));
  const smallShare = Math.floor(partitions.length / Math.max(1, members.length));
  let largeShares = partitions.length - smallShare * members.length;

  const shares = [...claims]
    .sort((a, b) => b.kept.length - a.kept.length || compareMembers(a, b))
    .map((claim) => {
      const isLarge = largeShares > 0;
      if (isLarge) largeShares -= 1;
      const size = smallShare + (isLarge ? 1 : 0);
      for (const partition of claim.kept.slice(size)) free.add(partition);
      return { memberId: claim.memberId, size, partitions: claim.kept.slice(0, size) };
    });

  const rest = [...free].sort((a, b) => a - b);
  for (const share of shares) {
    share.partitions.push(...rest.splice(0, share.size - share.partitions.length));
    share.partitions.sort((a, b) => a - b);
  }
  return new Map(shares.map((share) => [share.memberId, share.partitions]));
}

type Named = Pick<StickyMember, 'memberId'> & { readonly node?: string | undefined };

function inOrder(members: readonly StickyMember[]): readonly StickyMember[] {
  return [...members].sort(compareMembers);
}

function compareMembers(a: Named, b: Named): number {
  return compare(a.node ?? '', b.node ?? '') || compare(a.memberId, b.memberId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
