import kafkajs, { type Assigner, type PartitionAssigner } from 'kafkajs';
import { assignSticky } from './sticky-assignment.js';

const protocolName = 'viblast-sticky';
const protocolVersion = 1;

export interface StickyAssignerHooks {
  /** The partitions of the topic that this member had in its last assignment. */
  readonly ownedBefore: (topic: string) => readonly number[];
  /** Called right before each request to join: from here on others may be given what we have. */
  readonly onJoining: () => void;
}

/**
 * `assignSticky` as kafkajs wants it. Members tell in their user data what they had, so a rebalance
 * moves little and a member that was away for a moment gets its partitions back.
 */
export function stickyAssigner(hooks: StickyAssignerHooks): PartitionAssigner {
  return ({ cluster }): Assigner => ({
    name: protocolName,
    version: protocolVersion,

    protocol: ({ topics }) => {
      hooks.onJoining();
      const owned = Object.fromEntries(topics.map((topic) => [topic, hooks.ownedBefore(topic)]));
      return {
        name: protocolName,
        metadata: kafkajs.AssignerProtocol.MemberMetadata.encode({
          version: protocolVersion,
          topics,
          userData: encodeOwned(owned),
        }),
      };
    },

    assign: ({ members, topics }) => {
      const claims = members.map(({ memberId, memberMetadata }) => ({
        memberId,
        owned: decodeOwned(
          kafkajs.AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData,
        ),
      }));
      const byTopic = topics.map((topic) => ({
        topic,
        shares: assignSticky(
          cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
          claims.map(({ memberId, owned }) => ({ memberId, owned: owned.get(topic) ?? [] })),
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

/** JSON, so that a later version can add to it and an earlier one still reads it. */
export function encodeOwned(owned: Readonly<Record<string, readonly number[]>>): Buffer {
  return Buffer.from(JSON.stringify({ owned }), 'utf8');
}

/** What cannot be read counts as owning nothing: another member's bytes must not stop the group. */
export function decodeOwned(userData: Buffer | undefined): ReadonlyMap<string, readonly number[]> {
  const owned = new Map<string, readonly number[]>();
  if (userData === undefined || userData.length === 0) return owned;
  let parsed: unknown;
  try {
    parsed = JSON.parse(userData.toString('utf8'));
  } catch {
    return owned;
  }
  if (typeof parsed !== 'object' || parsed === null || !('owned' in parsed)) return owned;
  if (typeof parsed.owned !== 'object' || parsed.owned === null) return owned;
  for (const [topic, partitions] of Object.entries(parsed.owned)) {
    if (Array.isArray(partitions)) {
      owned.set(
        topic,
        partitions.filter((partition): partition is number => Number.isInteger(partition)),
      );
    }
  }
  return owned;
}
