import { describe, expect, it, jest } from '@jest/globals';
import kafkajs, { type Cluster, type Logger } from 'kafkajs';
import {
  decodeClaim,
  encodeClaim,
  firstProtocol,
  stickyAssigner,
  type StickyAssignerHooks,
} from './sticky-assigner.js';

const { MemberAssignment } = kafkajs.AssignerProtocol;

/** As much of kafkajs's cluster as an assigner may use. */
const cluster = {
  findTopicPartitionMetadata: () => [0, 1, 2, 3].map((partitionId) => ({ partitionId })),
} as unknown as Cluster;

function assignerOf(owned: readonly number[], hooks: Partial<StickyAssignerHooks> = {}) {
  const logger = {} as Logger;
  const make = stickyAssigner(firstProtocol, {
    ownedBefore: () => owned,
    partitions: Infinity,
    onJoining: () => undefined,
    onAssigning: () => undefined,
    nodes: () => undefined,
    ...hooks,
  });
  return make({ cluster, groupId: 'g', logger });
}

interface TestMember {
  readonly memberId: string;
  readonly owned: readonly number[];
  readonly node?: string;
}

/** Each member's partitions, as one of them shares them out among these nodes. */
async function assigned(
  members: readonly TestMember[],
  nodes?: readonly string[],
  partitions = Infinity,
) {
  const answer = await assignerOf([], {
    partitions,
    nodes: () => (nodes === undefined ? undefined : new Set(nodes)),
  }).assign({
    members: members.map(({ memberId, owned, node }) => ({
      memberId,
      memberMetadata: assignerOf(owned, { node }).protocol({ topics: ['t'] }).metadata,
    })),
    topics: ['t'],
  });
  return Object.fromEntries(
    answer.map(({ memberId, memberAssignment }) => [
      memberId,
      MemberAssignment.decode(memberAssignment)?.assignment['t'],
    ]),
  );
}

describe('stickyAssigner', () => {
  it('shares out only the partitions that are used, whatever the topic was given besides', async () => {
    const members = [
      { memberId: 'a', owned: [0, 3] },
      { memberId: 'b', owned: [1, 2] },
    ];
    const { a = [], b = [] } = await assigned(members, undefined, 3);
    expect([...a, ...b].sort()).toEqual([0, 1, 2]);
  });

  it('carries what members had through the group’s protocol, and leaves it with them', async () => {
    const members = [
      { memberId: 'a', owned: [2, 3] },
      { memberId: 'b', owned: [0] },
    ];
    expect(await assigned(members)).toEqual({ a: [2, 3], b: [0, 1] });
  });

  it('gives partitions to the nodes of the ring alone, and to who doesn’t tell its name', async () => {
    const members = [
      { memberId: '1', node: 'one', owned: [0, 1] },
      { memberId: '2', node: 'two', owned: [2, 3] },
      { memberId: '3', node: 'three', owned: [] },
    ];
    expect(await assigned(members, ['one', 'two'])).toEqual({ 1: [0, 1], 2: [2, 3], 3: [] });
    expect(await assigned(members, ['one', 'three'])).toEqual({ 1: [0, 1], 2: [], 3: [2, 3] });
    expect(await assigned(members, [])).toEqual({ 1: [], 2: [], 3: [] });
    const old = { memberId: '4', owned: [] };
    expect(await assigned([...members, old], ['one'])).toEqual({
      1: [0, 1],
      2: [],
      3: [],
      4: [2, 3],
    });
  });

  it('goes by the nodes’ names, whatever ids the members have', async () => {
    const members = [
      { memberId: 'z', node: 'one', owned: [] },
      { memberId: 'y', node: 'two', owned: [] },
      { memberId: 'x', node: 'three', owned: [] },
    ];
    expect(await assigned(members)).toEqual({ z: [0, 1], x: [2], y: [3] });
  });

  it('tells that a join begins, before others can be given what we have, and who shares out', async () => {
    const [onJoining, onAssigning] = [jest.fn(), jest.fn()];
    const assigner = assignerOf([], { onJoining, onAssigning });
    assigner.protocol({ topics: ['t'] });
    expect([onJoining, onAssigning].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
    await assigner.assign({ members: [], topics: ['t'] });
    expect([onJoining, onAssigning].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });
});

describe('decodeClaim', () => {
  it('reads back what was written', () => {
    const owned = new Map([['t', [1, 2]]]);
    expect(decodeClaim(encodeClaim({ owned: { t: [1, 2] } }))).toEqual({ node: undefined, owned });
    const named = encodeClaim({ node: 'one', owned: { t: [1, 2] } });
    expect(decodeClaim(named)).toEqual({ node: 'one', owned });
  });

  it.each(['', 'no json', '7', 'null', '{}', '{"owned":7}', '{"owned":{"t":"x"}}', '{"node":7}'])(
    'takes a stranger’s bytes (%s) for owning nothing',
    (text) => {
      const { node, owned } = decodeClaim(Buffer.from(text));
      expect([node, owned.size]).toEqual([undefined, 0]);
    },
  );
});
