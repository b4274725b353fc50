import kafkajs, { type Assigner, type PartitionAssigner } from 'kafkajs';
import { assignSticky } from './sticky-assignment.js';

/** The first one that there was. */
export const firstProtocol = 'viblast-sticky';
const protocolVersion = 1;

export interface StickyAssignerHooks {
  /** The partitions of the topic that this member had in its last assignment. */
  readonly ownedBefore: (topic: string) => readonly number[];
  /** Those of the topic below are shared out. */
  readonly partitions: number;
  /** Called right before each request to join: from here on others may be given what we have. */
  readonly onJoining: () => void;
  /** Called when it is this member that shares the partitions out. */
  readonly onAssigning: () => void;
  /** Of this member, told to the others. */
  readonly node?: string | undefined;
  /** The nodes that may be given any; undefined: all. */
  readonly nodes: () => ReadonlySet<string> | undefined;
}

/**
 * `assignSticky` as kafkajs wants it. Members tell in their user data what they had, so a rebalance
 * moves little and a member that was away for a moment gets its partitions back.
 */
export function stickyAssigner(name: string, hooks: StickyAssignerHooks): PartitionAssigner {
  return ({ cluster }): Assigner => ({
    name,
    version: protocolVersion,

    protocol: ({ topics }) => {
      hooks.onJoining();
      const owned = Object.fromEntries(topics.map((topic) => [topic, hooks.ownedBefore(topic)]));
      return {
        name,
        metadata: kafkajs.AssignerProtocol.MemberMetadata.encode({
          version: protocolVersion,
          topics,
          userData: encodeClaim({ node: hooks.node, owned }),
        }),
      };
    },

    assign: ({ members, topics }) => {
      hooks.onAssigning();
      const nodes = hooks.nodes();
      const claims = members.map(({ memberId, memberMetadata }) => ({
        memberId,
        ...decodeClaim(kafkajs.AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData),
      }));
      // A member of a version that doesn't tell its name can't be kept out.
      const sharing = claims.filter(({ node }) => node === undefined || nodes?.has(node) !== false);
      const byTopic = topics.map((topic) => ({
        topic,
        shares: assignSticky(
          cluster
            .findTopicPartitionMetadata(topic)
            .map(({ partitionId }) => partitionId)
            .filter((partition) => partition < hooks.partitions),
          sharing.map(({ memberId, node = '', owned }) => ({
            memberId,
            node,
            owned: owned.get(topic) ?? [],
          })),
        ),
      }));
      return Promise.resolve(
        members.map(({ memberId }) => ({
          memberId,
          memberAssignment: kafkajs.AssignerProtocol.MemberAssignment.encode({
            version: protocolVersion,
            assignment: Object.fromEntries(
              byTopic.map(({ topic, shares }) => [topic, [...(shares.get(memberId) ?? [])]]),
            ),
            userData: Buffer.alloc(0),
          }),
        })),
      );
    },
  });
}

/** What a member says of itself. */
export interface Claim {
  readonly node?: string | undefined;
  readonly owned: Readonly<Record<string, readonly number[]>>;
}

export interface ReadClaim {
  readonly node: string | undefined;
  readonly owned: ReadonlyMap<string, readonly number[]>;
}

/** JSON, so that a later version can add to it and an earlier one still reads it. */
export function encodeClaim({ node, owned }: Claim): Buffer {
  return Buffer.from(JSON.stringify({ owned, node }), 'utf8');
}

/** What cannot be read counts as owning nothing: another member's bytes must not stop the group. */
export function decodeClaim(userData: Buffer | undefined): ReadClaim {
  const owned = new Map<string, readonly number[]>();
  const told = objectOf(userData);
  for (const [topic, partitions] of Object.entries(asObject(told['owned']))) {
    if (!Array.isArray(partitions)) continue;
    owned.set(
      topic,
      partitions.filter((partition): partition is number => Number.isInteger(partition)),
    );
  }
  const { node } = told;
  return { node: typeof node === 'string' ? node : undefined, owned };
}

function objectOf(userData: Buffer | undefined): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(userData?.toString('utf8') ?? ''));
  } catch {
    return {};
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
