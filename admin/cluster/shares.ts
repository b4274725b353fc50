import { assignSticky } from '../../kafka/index.js';
import type { ClusterSettings, SeenMember } from '../../registry/index.js';
import { groups, topics, type Ring } from '../../schemas/index.js';

/** The nodes of a ring, by the role that they are seen in. */
export const rolesOf: Readonly<Record<Ring, readonly string[]>> = {
  vbt: ['tracker'],
  vba: ['rollup', 'ingest'],
};

/** A group whose members share a topic's partitions out. */
export interface Sharing {
  readonly group: string;
  readonly topic: string;
  readonly role: string;
  /** Before the partition's number in what a node says that it owns. */
  readonly ownedAs: string;
  readonly partitions: number;
}

/** What the nodes of a ring share out: trackers nothing. */
export function sharingsOf(
  ring: Ring,
  cluster: Pick<ClusterSettings, 'partitions' | 'partialPartitions'>,
): readonly Sharing[] {
  if (ring === 'vbt') return [];
  const { announces, partials } = topics;
  const { partitions, partialPartitions } = cluster;
  const ofAnnounces = { topic: announces, ownedAs: announces, partitions };
  return [
    { group: groups.partials, role: 'rollup', ...ofAnnounces },
    ...Object.values(groups.totals).map((group) => {
      return {
        group,
        role: 'rollup',
        topic: partials,
        ownedAs: group,
        partitions: partialPartitions,
      };
    }),
    { group: groups.ingest, role: 'ingest', ...ofAnnounces },
  ];
}

/** The partitions that a node says it owns. */
export function ownedOf({ member }: SeenMember, { role, ownedAs }: Sharing): readonly number[] {
  if (member.role !== role) return [];
  return member.owned
    .filter((owned) => owned.startsWith(`${ownedAs}/`))
    .map((owned) => Number(owned.slice(ownedAs.length + 1)));
}

/**
 * How many partitions each node will have once these are in: what the group's own assignment makes
 * of what they have now. By node name; of nodes that don't take part nothing.
 */
export function sharesAfter(
  sharing: Sharing,
  live: readonly SeenMember[],
  nodes: ReadonlySet<string>,
): ReadonlyMap<string, readonly number[]> {
  const partitions = Array.from({ length: sharing.partitions }, (_, partition) => partition);
  const sharers = live.filter(
    ({ member }) => nodes.has(member.name) && member.groups.includes(sharing.group),
  );
  return assignSticky(
    partitions,
    sharers.map((one) => ({
      memberId: one.member.name,
      node: one.member.name,
      owned: ownedOf(one, sharing),
    })),
  );
}
