import type { ServerMessage } from '../../protocol/index.js';
import { policyOf, type PeerPolicy, type StreamOptions } from '../../registry/index.js';
import { holdbackGroups, holdbackPart, type HoldbackGroupName } from '../../schemas/index.js';
import { textOf } from '../facets/told-word.js';
import { holdbackDraw } from './held-back.js';

/** What decides how a stream's policy holds for a session. */
export interface PolicySubject {
  /** Its key. */
  readonly stream: string;
  /** 16 bytes. */
  readonly session: Uint8Array;
  /** True: it is there to give, and watches nothing. */
  readonly isSeeder: boolean;
  /** True: as far as it is known, it is on a cellular network. */
  readonly isCellular: boolean;
}

/** Where a session is in the comparison: the values of its facets. */
export interface HoldbackGroup {
  readonly name: HoldbackGroupName;
  /** Its part of the group: `held_back-07`. */
  readonly part: string;
}

/** A stream's policy as it holds for one session. */
export interface SessionPolicy {
  readonly policy: PeerPolicy;
  /** True: it is among those that get no peers, so that the others can be compared with them. */
  readonly isHeldBack: boolean;
  /** True: it may be introduced to others, and they to it. */
  readonly mayMeet: boolean;
  /** True: others may fetch from it. */
  readonly gives: boolean;
  /** Undefined where the stream holds nobody back. */
  readonly group: HoldbackGroup | undefined;
}

export function sessionPolicyOf(subject: PolicySubject, options: StreamOptions): SessionPolicy {
  const policy = policyOf(options);
  const { stream, session, isSeeder, isCellular } = subject;
  const { holdbackPercent } = policy;
  const draw = holdbackPercent === 0 ? undefined : holdbackDraw(stream, session);
  // Seeders are no part of the comparison, and of no use without peers.
  const isApart = !isSeeder && draw !== undefined && draw.share < holdbackPercent / 100;
  return {
    policy,
    isHeldBack: isApart,
    mayMeet: policy.peers && !isApart && (policy.cellular || !isCellular),
    gives: policy.give || isSeeder,
    group: draw && groupOf(isApart ? holdbackGroups.heldBack : holdbackGroups.withPeers, draw.part),
  };
}

function groupOf(name: HoldbackGroupName, part: number): HoldbackGroup {
  return { name, part: holdbackPart(name, part) };
}

/** True: the word that a client has for what it is connected by means a cellular network. */
export function isCellular(connection: unknown): boolean {
  return textOf(connection).toLowerCase() === 'cellular';
}

type ToldPolicy = Pick<Extract<ServerMessage, { type: 'policy' }>, 'policy' | 'isHeldBack'>;

/** What its viewer is told: all but how many others are held back. */
export function toldPolicyOf({ policy, isHeldBack: isApart }: SessionPolicy): ToldPolicy {
  const { peers, peersMax, uploadKbpsMax, cellular, give, viewersMin } = policy;
  return {
    policy: {
      peers,
      ...(peersMax === undefined ? {} : { peersMax }),
      ...(uploadKbpsMax === undefined ? {} : { uploadKbpsMax }),
      cellular,
      give,
      viewersMin,
    },
    isHeldBack: isApart,
  };
}
