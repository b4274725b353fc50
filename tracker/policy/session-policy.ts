import type { ServerMessage } from '../../protocol/index.js';
import { policyOf, type PeerPolicy, type StreamOptions } from '../../registry/index.js';
import { textOf } from '../facets/told-word.js';
import { isHeldBack } from './held-back.js';

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

/** The values of the facet `holdback`. */
export type HoldbackGroup = 'held_back' | 'with_peers';

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
  // Seeders are no part of the comparison, and of no use without peers.
  const isApart = !isSeeder && isHeldBack(stream, session, holdbackPercent);
  return {
    policy,
    isHeldBack: isApart,
    mayMeet: policy.peers && !isApart && (policy.cellular || !isCellular),
    gives: policy.give || isSeeder,
    group: holdbackPercent === 0 ? undefined : isApart ? 'held_back' : 'with_peers',
  };
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
