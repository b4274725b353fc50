import kafkajs, { type PartitionAssigner } from 'kafkajs';

const name = 'viblast-one-partition';
const version = 1;

/** Gives the only member of a group one partition of its topic, and none of the others. */
export function onePartition(topic: string, partition: number): PartitionAssigner {
  const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
  const memberAssignment = MemberAssignment.encode({
    version,
    assignment: { [topic]: [partition] },
    userData: Buffer.alloc(0),
  });
  return () => ({
    name,
    version,
    protocol: ({ topics }) => ({
      name,
      metadata: MemberMetadata.encode({ version, topics, userData: Buffer.alloc(0) }),
    }),
    assign: ({ members }) =>
      Promise.resolve(members.map(({ memberId }) => ({ memberId, memberAssignment }))),
  });
}
