import type { CdnReason } from '../../schemas/index.js';
import type { LedgerAnnounce, Sending } from '../viewers/ledger.js';
import { isPlainlyHeldBack, type Holdbacks } from './plain-holdback.js';
import type { Presence } from './presence.js';

/** What is known of the streams and their viewers, beside the announce itself. */
export interface ReasonGrounds {
  readonly holdbacks: Holdbacks;
  /** Absent: a tracker that says that nobody else is there is believed. */
  readonly presence?: Presence | undefined;
}

/**
 * The reason that a row has to have, whose tracker says `told`. Who is held back has no other than
 * policy. A viewer that may have no peers, or has none and wants none, has this one too, and no one
 * else has it. Nobody is alone while somebody else is surely there; who is in between two trackers,
 * or has just come, may be. Else the reason is the viewer's own. What was sent more than once may
 * have that of each time. A tracker that writes the first version knows none.
 */
export function plainReason(
  told: string,
  known: LedgerAnnounce,
  { holdbacks, presence }: ReasonGrounds,
): CdnReason {
  if (told === 'untold') return 'untold';
  const { stream, session, facts, sendings, announce } = known;
  if (facts?.role !== 'seeder' && isPlainlyHeldBack(stream, session, holdbacks)) return 'policy';
  const own = announce.cdnReason ?? (announce.peers > 0 ? 'connected' : 'unconnected');
  const reasons = sendings.map((sending) => {
    if (isWithoutPeers(sending, told, known)) return 'policy';
    if (told !== 'alone') return own;
    return presence?.hasOthers(stream, session, sending.atMs) === true ? own : 'alone';
  });
  return reasons.find((reason) => reason === told) ?? reasons[0] ?? own;
}

/** Of viewers that wrote nothing down a tracker that says so is believed. */
function isWithoutPeers(
  { standing }: Sending,
  told: string,
  { announce }: LedgerAnnounce,
): boolean {
  if (standing === undefined) return told === 'policy';
  const { mayMeet, peersWanted, connectedPeers } = standing;
  const hasPeers = connectedPeers > 0 || announce.peers > 0;
  return !mayMeet || (peersWanted === 0 && !hasPeers);
}
