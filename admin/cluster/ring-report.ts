import {
  membersAfter,
  type ClusterSettings,
  type RingState,
  type SeenMember,
} from '../../registry/index.js';
import type { Ring } from '../../schemas/index.js';
import { ownedOf, rolesOf, sharingsOf } from './shares.js';

/** A ring as the registry and its nodes' heartbeats tell. */
export interface RingView {
  readonly ring: Ring;
  readonly cluster: Pick<ClusterSettings, 'partitions' | 'partialPartitions'>;
  readonly state: RingState;
  /** Nodes of all rings with a heartbeat that is younger than 30 s, by name. */
  readonly live: readonly SeenMember[];
  /** Those that fell silent lately without a goodbye. */
  readonly gone: readonly SeenMember[];
  readonly nowMs: number;
}

/** Where a node stands to its ring. */
export type Standing = 'member' | 'joining' | 'leaving' | 'waiting';

/** The live nodes of the ring. */
export function nodesOf({ ring, live }: Pick<RingView, 'ring' | 'live'>): readonly SeenMember[] {
  return live.filter(({ member }) => rolesOf[ring].includes(member.role));
}

/** Whether operators commit who is in; false: a node is in as soon as it runs. */
export function isStaged(view: RingView): boolean {
  const nodes = nodesOf(view);
  return nodes.length === 0
    ? view.state.revision > 0
    : nodes.some(({ member }) => member.ringRevision >= 0);
}

/** The names of nodes that are in, there or not. */
export function inRing(view: RingView): readonly string[] {
  return isStaged(view) ? view.state.members : nodesOf(view).map(({ member }) => member.name);
}

export function standingOf(view: RingView, name: string): Standing {
  const isIn = inRing(view).includes(name);
  if (!isStaged(view)) return isIn ? 'member' : 'waiting';
  const willBeIn = membersAfter(view.state).includes(name);
  if (isIn) return willBeIn ? 'member' : 'leaving';
  return willBeIn ? 'joining' : 'waiting';
}

/** Why the ring isn't ready, each with the name of what is wrong; none: it is. */
export function problemsOf(view: RingView): readonly string[] {
  const members = new Set(inRing(view));
  const there = nodesOf(view);
  const nodes = there.filter(({ member }) => members.has(member.name));
  return [
    ...(members.size === 0 ? ['nobody is in it'] : []),
    ...deadNodes(view, members),
    // Who waits is to have the right ones before it is in.
    ...differingSettings(there),
    ...badStates(nodes),
    ...oldViews(view, nodes),
    ...strayPartitions(view),
  ];
}

/** Where nobody commits who is in, whoever said no goodbye is missed. */
function deadNodes(view: RingView, members: ReadonlySet<string>): string[] {
  const { ring, gone, live, nowMs } = view;
  const names = new Set(live.map(({ member }) => member.name));
  const lastSeen = new Map(
    gone
      .filter(({ member }) => rolesOf[ring].includes(member.role))
      .map((one) => [one.member.name, one]),
  );
  const expected = isStaged(view) ? members : new Set([...members, ...lastSeen.keys()]);
  return [...expected]
    .filter((name) => !names.has(name))
    .map((name) => {
      const seen = lastSeen.get(name);
      const when =
        seen === undefined ? 'not seen' : `last seen ${secondsSince(seen.seenAtMs, nowMs)} s ago`;
      return `${name} is dead: ${when}`;
    });
}

/** All of a role must have what most have. */
function differingSettings(nodes: readonly SeenMember[]): string[] {
  return [...new Set(nodes.map(({ member }) => member.role))].flatMap((role) => {
    const ofRole = nodes.filter(({ member }) => member.role === role);
    const count = (fingerprint: string): number =>
      ofRole.filter(({ member }) => member.settingsFingerprint === fingerprint).length;
    const [usual] = ofRole
      .map(({ member }) => member.settingsFingerprint)
      .sort((one, other) => count(other) - count(one) || (one < other ? -1 : 1));
    return ofRole
      .filter(({ member }) => member.settingsFingerprint !== usual)
      .map(({ member }) => `${member.name} has other settings than most of role ${role}`);
  });
}

function badStates(nodes: readonly SeenMember[]): string[] {
  return nodes
    .filter(({ member }) => member.state !== 'up')
    .map(({ member }) => `${member.name} is not up: ${member.state}`);
}

function oldViews(view: RingView, nodes: readonly SeenMember[]): string[] {
  if (!isStaged(view)) return [];
  const { committedRevision } = view.state;
  return nodes
    .filter(({ member }) => member.ringRevision !== committedRevision)
    .map(({ member }) =>
      member.ringRevision < 0
        ? `${member.name} goes by no commit: its cluster_membership is automatic`
        : `${member.name} goes by commit ${member.ringRevision}, the ring is at ${committedRevision}`,
    );
}

function strayPartitions({ ring, cluster, live }: RingView): string[] {
  return sharingsOf(ring, cluster).flatMap((sharing) => {
    const owners = new Map<number, string[]>();
    for (const one of live) {
      for (const partition of ownedOf(one, sharing)) {
        owners.set(partition, [...(owners.get(partition) ?? []), one.member.name]);
      }
    }
    return Array.from({ length: sharing.partitions }, (_, partition) => {
      const of = `partition ${partition} of ${sharing.group}`;
      const names = owners.get(partition) ?? [];
      if (names.length === 0) return `${of} has no owner`;
      return names.length > 1 ? `${of} has ${names.length} owners: ${names.join(', ')}` : '';
    }).filter((problem) => problem !== '');
  });
}

export function secondsSince(thenMs: number, nowMs: number): number {
  return Math.max(0, Math.round((nowMs - thenMs) / 1_000));
}
