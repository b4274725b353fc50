import { describe, expect, it, jest } from '@jest/globals';
import kafkajs, { type Cluster, type Logger } from 'kafkajs';
import { decodeOwned, encodeOwned, stickyAssigner } from './sticky-assigner.js';

const { MemberAssignment } = kafkajs.AssignerProtocol;

/** As much of kafkajs's cluster as an assigner may use. */
const cluster = {
  findTopicPartitionMetadata: () => [0, 1, 2, 3].map((partitionId) => ({ partitionId })),
} as unknown as Cluster;

function assignerOf(owned: readonly number[], onJoining = (): void => undefined) {
  const logger = {} as Logger;
  const make = stickyAssigner({ ownedBefore: () => owned, onJoining });
  return make({ cluster, groupId: 'g', logger });
}

describe('stickyAssigner', () => {
  it('carries what members had through the group’s protocol, and leaves it with them', async () => {
    const members = [
      { memberId: 'a', owned: [2, 3] },
      { memberId: 'b', owned: [0] },
    ].map(({ memberId, owned }) => ({
      memberId,
      memberMetadata: assignerOf(owned).protocol({ topics: ['t'] }).metadata,
    }));
    const answer = await assignerOf([]).assign({ members, topics: ['t'] });
    const assigned = answer.map(({ memberId, memberAssignment }) => [
      memberId,
      MemberAssignment.decode(memberAssignment)?.assignment['t'],
    ]);
    expect(Object.fromEntries(assigned)).toEqual({ a: [2, 3], b: [0, 1] });
  });

  it('tells that a join begins, before others can be given what we have', () => {
    const onJoining = jest.fn();
    assignerOf([], onJoining).protocol({ topics: ['t'] });
    expect(onJoining).toHaveBeenCalledTimes(1);
  });
});

describe('decodeOwned', () => {
  it('reads back what was written', () => {
    expect([...decodeOwned(encodeOwned({ t: [1, 2] }))]).toEqual([['t', [1, 2]]]);
  });

  it.each(['', 'no json', '7', 'null', '{}', '{"owned":7}', '{"owned":{"t":"x"}}'])(
    'takes a stranger’s bytes (%s) for owning nothing',
    (text) => {
      expect(decodeOwned(Buffer.from(text)).size).toBe(0);
    },
  );
});
