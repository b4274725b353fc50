import { describe, expect, it } from '@jest/globals';
import { emptyRing, nextRing, type RingState, type SeenMember } from '../../registry/index.js';
import { memberRows } from './member-rows.js';
import { memberTable, stagedLines } from './print-rings.js';
import { problemsOf, standingOf, type RingView } from './ring-report.js';

const nowMs = 1_000_000;
const cluster = { partitions: 4, partialPartitions: 2 };

const groupsOf: Readonly<Record<string, readonly string[]>> = {
  rollup: ['rollup-partials', 'rollup-totals-clickhouse', 'rollup-totals-graphite'],
  ingest: ['ingest'],
};

type Changed = Partial<SeenMember['member']>;

function seen(name: string, role: string, changed: Changed = {}, secondsAgo = 2): SeenMember {
  const member = {
    name,
    role,
    instance: `${name}-1`,
    address: '127.0.0.1:1',
    version: '1.0.0',
    settingsFingerprint: `of ${role}`,
    load: 0,
    state: 'up',
    written: 0,
    owned: [],
    viewers: 0,
    ringRevision: -1,
    groups: groupsOf[role] ?? [],
    ...changed,
  };
  return { member, seenAtMs: nowMs - secondsAgo * 1_000 };
}

const ofAnnounces = (...partitions: number[]): string[] =>
  partitions.map((partition) => `announces/${partition}`);
const ofTotals = (...partitions: number[]): string[] =>
  ['clickhouse', 'graphite'].flatMap((sink) =>
    partitions.map((partition) => `rollup-totals-${sink}/${partition}`),
  );

const rollupA = { owned: [...ofAnnounces(0, 1), ...ofTotals(0)] };
const rollupB = { owned: [...ofAnnounces(2, 3), ...ofTotals(1)] };
const ingestA = { owned: ofAnnounces(0, 1, 2, 3) };

/** Two rollups and an ingest that share everything out. */
function viewOf(change: Partial<RingView> = {}): RingView {
  const live = [
    seen('ra', 'rollup', rollupA),
    seen('rb', 'rollup', rollupB),
    seen('ia', 'ingest', ingestA),
    seen('t1', 'tracker'),
  ];
  return { ring: 'vba', cluster, state: emptyRing, live, gone: [], nowMs, ...change };
}

/** The ring with these members committed and these joins staged. */
function ringOf(members: readonly string[], joining: readonly string[] = []): RingState {
  let state = emptyRing;
  const take = (change: Parameters<typeof nextRing>[1]): void => {
    const next = nextRing(state, change);
    if (typeof next === 'string') throw new Error(next);
    state = next;
  };
  for (const node of members) take({ change: 'join', node, replacement: '' });
  take({ change: 'commit', node: '', replacement: '' });
  for (const node of joining) take({ change: 'join', node, replacement: '' });
  return state;
}

const names = ['ra', 'rb', 'ia'];
const state = ringOf(names, ['rc']);
const { committedRevision: ringRevision } = state;

/** The same, where operators commit who is in, and a third rollup waits. */
function stagedView(change: Partial<RingView> = {}): RingView {
  return viewOf({
    state,
    live: [
      seen('ra', 'rollup', { ...rollupA, ringRevision }),
      seen('rb', 'rollup', { ...rollupB, ringRevision }),
      seen('ia', 'ingest', { ...ingestA, ringRevision }),
      seen('rc', 'rollup', { ringRevision, state: 'waiting' }),
    ],
    ...change,
  });
}

describe('a ring', () => {
  it('is ready when all its nodes are there, agree, and own all partitions', () => {
    expect(problemsOf(viewOf())).toEqual([]);
    expect(problemsOf(viewOf({ ring: 'vbt' }))).toEqual([]);
    expect(problemsOf(stagedView())).toEqual([]);
  });

  it.each<[string, RingView, readonly string[]]>([
    [
      'a partition without an owner',
      viewOf({
        live: [
          seen('ra', 'rollup', rollupA),
          seen('rb', 'rollup', { owned: [...ofAnnounces(3), ...ofTotals(1)] }),
          seen('ia', 'ingest', ingestA),
        ],
      }),
      ['partition 2 of rollup-partials has no owner'],
    ],
    [
      'a partition with two',
      viewOf({
        live: [
          seen('ra', 'rollup', { owned: [...ofAnnounces(0, 1), ...ofTotals(0, 1)] }),
          seen('rb', 'rollup', rollupB),
          seen('ia', 'ingest', ingestA),
        ],
      }),
      [
        'partition 1 of rollup-totals-clickhouse has 2 owners: ra, rb',
        'partition 1 of rollup-totals-graphite has 2 owners: ra, rb',
      ],
    ],
    [
      'a node with other settings',
      viewOf({
        ring: 'vbt',
        live: [
          seen('t1', 'tracker'),
          seen('t2', 'tracker', { settingsFingerprint: 'other' }),
          seen('t3', 'tracker'),
        ],
      }),
      ['t2 has other settings than most of role tracker'],
    ],
    [
      'a node that died',
      viewOf({ gone: [seen('rc', 'rollup', {}, 45), seen('t2', 'tracker', {}, 45)] }),
      ['rc is dead: last seen 45 s ago'],
    ],
    [
      'a member that never came',
      stagedView({ state: ringOf([...names, 'rd']) }),
      [
        'rd is dead: not seen',
        ...names.map((name) => `${name} goes by commit ${ringRevision}, the ring is at 5`),
      ],
    ],
    [
      'a node that drains',
      viewOf({ ring: 'vbt', live: [seen('t1', 'tracker', { state: 'draining' })] }),
      ['t1 is not up: draining'],
    ],
    [
      'a node that goes by no commit',
      stagedView({
        live: [
          seen('ra', 'rollup', { ...rollupA, ringRevision }),
          seen('rb', 'rollup', rollupB),
          seen('ia', 'ingest', { ...ingestA, ringRevision }),
        ],
      }),
      ['rb goes by no commit: its cluster_membership is automatic'],
    ],
    ['nobody at all', viewOf({ ring: 'vbt', live: [] }), ['nobody is in it']],
  ])('is not with %s, and says so', (_what, view, problems) => {
    expect(problemsOf(view)).toEqual(problems);
  });
});

describe("a node's row", () => {
  it('says where it stands, and its shares before and after what is staged', () => {
    const rows = memberRows(stagedView());
    const share = (node: string, group: string) =>
      rows.find((row) => row.node === node)?.shares.find((one) => one.group === group);
    expect(rows.map(({ node, standing }) => [node, standing])).toEqual([
      ['ia', 'member'],
      ['ra', 'member'],
      ['rb', 'member'],
      ['rc', 'joining'],
    ]);
    const ofPartials = ['ra', 'rb', 'rc'].map((node) => share(node, 'rollup-partials'));
    expect(ofPartials.map((one) => [one?.now, one?.after])).toEqual([
      [2, 2],
      [2, 1],
      [0, 1],
    ]);
    expect(share('ia', 'ingest')).toMatchObject({ now: 4, after: 4 });
  });

  it('says that nothing will move where nodes go by no commit, whatever is staged', () => {
    const view = viewOf({ state: ringOf(names, ['rc']) });
    const shares = memberRows(view).flatMap((row) => row.shares);
    expect(shares.map(({ after }) => after)).toEqual(shares.map(({ now }) => now));
    expect(memberTable(memberRows(view), view)).not.toContain('after');
    expect(memberTable(memberRows(stagedView()), stagedView())).toContain('after');
    expect(stagedLines(view)).toEqual([
      'join rc',
      'no node goes by it: cluster_membership is automatic',
    ]);
  });

  it('counts the lag of what the node has', () => {
    const lags = new Map([
      ['rollup-partials', new Map([0, 1, 2, 3].map((one) => [one, 10 ** one]))],
    ]);
    const lagOf = (node: string): number | undefined =>
      memberRows(viewOf(), lags).find((row) => row.node === node)?.shares[0]?.lag;
    expect([lagOf('ra'), lagOf('rb')]).toEqual([11, 1_100]);
  });

  it('is there for members that are not', () => {
    const view = stagedView({ state: ringOf([...names, 'rd']) });
    expect(memberRows(view).at(-1)).toMatchObject({
      node: 'rd',
      state: 'dead',
      standing: 'member',
    });
    expect(standingOf(view, 'rc')).toBe('waiting');
  });
});
