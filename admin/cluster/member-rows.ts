import { membersAfter, type SeenMember } from '../../registry/index.js';
import type { Lags } from './read-ring.js';
import {
  inRing,
  isStaged,
  nodesOf,
  secondsSince,
  standingOf,
  type RingView,
  type Standing,
} from './ring-report.js';
import { ownedOf, sharesAfter, sharingsOf } from './shares.js';

/** A node's share of what a group reads. */
export interface Share {
  readonly group: string;
  /** Partitions that it has, and will have once what is staged has taken effect. */
  readonly now: number;
  readonly after: number;
  /** Records behind the log's end in those that it has. */
  readonly lag: number;
  /** Of the group. */
  readonly partitions: number;
}

/** A node as `member-status` shows it. */
export interface MemberRow {
  readonly node: string;
  readonly role: string;
  readonly standing: Standing;
  /** As it says itself; `dead` where it says nothing. */
  readonly state: string;
  readonly viewers: number;
  /** 0 idle … 1 full. */
  readonly load: number;
  readonly shares: readonly Share[];
  readonly version: string;
  readonly seenSecondsAgo: number | null;
}

/** All that is known of a ring's nodes, by name: those that are there, and those that should be. */
export function memberRows(view: RingView, lags: Lags = new Map()): readonly MemberRow[] {
  const live = nodesOf(view);
  const after = afterByNode(view);
  const there = new Set(live.map(({ member }) => member.name));
  const rows = live.map((seen): MemberRow => {
    const { name, role, state, viewers, load, version } = seen.member;
    return {
      node: name,
      role,
      standing: standingOf(view, name),
      state,
      viewers,
      load,
      shares: sharesOf(view, seen, after, lags),
      version,
      seenSecondsAgo: secondsSince(seen.seenAtMs, view.nowMs),
    };
  });
  const missing = [...new Set([...inRing(view), ...membersAfter(view.state)])]
    .filter((name) => !there.has(name))
    .map((node): MemberRow => ({ ...nothingKnown, node, standing: standingOf(view, node) }));
  return [...rows, ...missing].sort((one, other) => (one.node < other.node ? -1 : 1));
}

const nothingKnown = {
  role: '',
  state: 'dead',
  viewers: 0,
  load: 0,
  shares: [],
  version: '',
  seenSecondsAgo: null,
} as const;

type SharesByNode = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Partitions of each group by node, as they will be; undefined: no node goes by what is staged. */
function afterByNode(view: RingView): SharesByNode | undefined {
  if (!isStaged(view)) return undefined;
  const names = new Set([...inRing(view), ...membersAfter(view.state)]);
  for (const { change, node } of view.state.staged) if (change !== 'join') names.delete(node);
  return new Map(
    sharingsOf(view.ring, view.cluster).map((sharing) => {
      const shares = sharesAfter(sharing, view.live, names);
      return [sharing.group, new Map([...shares].map(([node, owned]) => [node, owned.length]))];
    }),
  );
}

function sharesOf(
  view: RingView,
  seen: SeenMember,
  after: SharesByNode | undefined,
  lags: Lags,
): readonly Share[] {
  return sharingsOf(view.ring, view.cluster)
    .filter(({ role }) => role === seen.member.role)
    .map((sharing) => {
      const { group, partitions } = sharing;
      const owned = ownedOf(seen, sharing);
      const lagOf = (partition: number): number =>
        Math.max(0, lags.get(group)?.get(partition) ?? 0);
      const lag = owned.reduce((sum, partition) => sum + lagOf(partition), 0);
      const staged = after?.get(group)?.get(seen.member.name) ?? 0;
      const shareAfter = after === undefined ? owned.length : staged;
      return { group, now: owned.length, after: shareAfter, lag, partitions };
    });
}
