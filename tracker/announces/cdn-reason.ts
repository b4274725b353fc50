import type { CdnReason } from '../../schemas/index.js';
import type { Report } from './report.js';

/** Where a session stands in its swarm, as its tracker knows it. */
export interface SwarmStanding {
  /** Nobody else is there to fetch from. */
  readonly isAlone: boolean;
  /** The stream's policy leaves it none to fetch from. */
  readonly isWithoutPeers: boolean;
  /** It asks for no peers, and lists none that it has. */
  readonly wantsNone: boolean;
}

/**
 * Why a report's bytes from the CDN came from there: the first of these that is true. What the
 * tracker knows comes before what the viewer tells, and what it told before what follows from the
 * rest of its report.
 */
export function cdnReasonOf(
  { toldReason, state, peers }: Pick<Report, 'toldReason' | 'state' | 'peers'>,
  { isAlone, isWithoutPeers, wantsNone }: SwarmStanding,
): CdnReason {
  if (isWithoutPeers || toldReason === 'policy') return 'policy';
  // Who has peers asks for no more at its own limit, and when it leaves.
  if (wantsNone && peers === 0 && toldReason !== 'connected') return 'policy';
  if (isAlone) return 'alone';
  if (toldReason !== undefined) return toldReason;
  if (state === 'starting') return 'starting';
  return peers > 0 ? 'connected' : 'unconnected';
}
