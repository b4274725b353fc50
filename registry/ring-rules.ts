import type { ChangeRing } from '../schemas/index.js';

/** A change that waits for the commit. */
export type StagedChange =
  | { readonly change: 'join' | 'leave'; readonly node: string }
  | { readonly change: 'replace'; readonly node: string; readonly replacement: string };

/** Who is in a ring, and what is to change. Nobody is in one of which nothing was ever written. */
export interface RingState {
  /** Grows by one with each command that took effect. */
  readonly revision: number;
  /** Of the last commit: what its nodes have to go by. */
  readonly committedRevision: number;
  /** Node names, in their order. */
  readonly members: readonly string[];
  readonly staged: readonly StagedChange[];
}

export const emptyRing: RingState = {
  revision: 0,
  committedRevision: 0,
  members: [],
  staged: [],
};

export const ringLimits = { membersMax: 1_000, stagedMax: 1_000 } as const;

const nodeName = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** Who is in the ring once all that is staged has taken effect. */
export function membersAfter({ members, staged }: RingState): readonly string[] {
  const after = new Set(members);
  for (const one of staged) {
    if (one.change === 'join') after.add(one.node);
    else after.delete(one.node);
    if (one.change === 'replace') after.add(one.replacement);
  }
  return [...after].sort();
}

/** The ring after a command that expects its revision, or why that can't be. */
export function nextRing(
  present: RingState,
  { change, node, replacement }: Omit<ChangeRing, 'expectedRevision' | 'ring'>,
): RingState | string {
  const revision = present.revision + 1;
  switch (change) {
    case 'clear':
      return present.staged.length === 0
        ? 'nothing is staged'
        : { ...present, revision, staged: [] };
    case 'commit': {
      if (present.staged.length === 0) return 'nothing is staged';
      const members = membersAfter(present);
      return { revision, committedRevision: revision, members, staged: [] };
    }
    default: {
      const staged: StagedChange =
        change === 'replace' ? { change, node, replacement } : { change, node };
      const broken = stagingError(present, staged);
      return broken ?? { ...present, revision, staged: [...present.staged, staged] };
    }
  }
}

function stagingError(present: RingState, change: StagedChange): string | undefined {
  const named = namesOf(change);
  const wrong = named.find((name) => !nodeName.test(name));
  if (wrong !== undefined) return `"${wrong}" is no name of a node`;
  const twice = named.find((name) => present.staged.some((one) => namesOf(one).includes(name)));
  if (twice !== undefined) return `${twice} is in a change that is staged already: clear it first`;
  const [comes, goes] = [comingOf(change), goingOf(change)];
  if (comes !== undefined && comes === goes) return `${comes} can't replace itself`;
  if (comes !== undefined && present.members.includes(comes)) return `${comes} is a member already`;
  if (goes !== undefined && !present.members.includes(goes)) return `${goes} is no member`;
  const { membersMax, stagedMax } = ringLimits;
  if (present.staged.length >= stagedMax) return `more than ${stagedMax} changes`;
  const isMore = comes !== undefined && goes === undefined;
  if (isMore && membersAfter(present).length >= membersMax)
    return `more than ${membersMax} members`;
  return undefined;
}

function namesOf(change: StagedChange): readonly string[] {
  return change.change === 'replace' ? [change.node, change.replacement] : [change.node];
}

function comingOf(change: StagedChange): string | undefined {
  if (change.change === 'replace') return change.replacement;
  return change.change === 'join' ? change.node : undefined;
}

function goingOf(change: StagedChange): string | undefined {
  return change.change === 'join' ? undefined : change.node;
}
