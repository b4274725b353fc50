import { toldReasons, type Announce } from '../../schemas/index.js';
import type { Random } from './random.js';
import type { ToldOfReason } from './tracker-node.js';

/** What of an announce tells its reason, and the reason that has to come of it. */
export function drawReason(
  random: Random,
): Pick<Announce, 'state' | 'peers' | 'cdnReason'> & { readonly told: ToldOfReason } {
  const isWithoutPeers = random.chance(0.15);
  const isAlone = random.chance(0.2);
  const wantsNone = random.chance(0.15);
  const peers = isWithoutPeers ? 0 : random.below(8);
  const state = random.chance(0.2) ? 'starting' : 'playing';
  const drawn = random.chance(0.7) ? random.pick(toldReasons) : undefined;
  // Without peers none is connected.
  const toldReason = isWithoutPeers && drawn === 'connected' ? undefined : drawn;
  const own = state === 'starting' ? 'starting' : peers > 0 ? 'connected' : 'unconnected';
  const hasEnough = wantsNone && (peers > 0 || toldReason === 'connected');
  const isPolicy = isWithoutPeers || toldReason === 'policy' || (wantsNone && !hasEnough);
  const cdnReason = isPolicy ? 'policy' : isAlone ? 'alone' : (toldReason ?? own);
  const standing = { isAlone, isWithoutPeers, wantsNone };
  return { state, peers, cdnReason, told: { toldReason, standing } };
}
