import type { PeerChoice } from '../../../../tracker/swarm/peer-choice.js';

/** Anybody of the same stream, each equally likely. */
export const randomChoice: PeerChoice = (_self, { peers, anywhere }, wanted) =>
  peers.slice(0, Math.min(anywhere, wanted));
