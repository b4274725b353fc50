import { seededRandom } from '../../../service/random.js';
import { nearAndRandom } from '../peer-choice.js';
import type { PeerReport } from '../swarm.js';
import { SwarmStore } from '../swarm-store.js';

export const unheardMsMax = 30_000;

export const newStore = (seed = 1, peersPerSwarmMax = 100_000): SwarmStore =>
  new SwarmStore({
    choose: nearAndRandom,
    random: seededRandom(seed),
    peersPerSwarmMax,
    unheardMsMax,
  });

export function announce(
  store: SwarmStore,
  id: string,
  report: Partial<PeerReport> = {},
  nowMs = 0,
  key = 'arena',
): void {
  store.announced(key, id, { segment: 1, quality: '720p', isOver: false, ...report }, nowMs);
}

export const pick = (
  store: SwarmStore,
  id: string,
  wanted: number,
  { nowMs = 0, known = [] as string[], key = 'arena' } = {},
) => store.pick(key, id, { wanted, known }, nowMs);

export const idsOf = (peers: readonly { id: string }[]): string[] =>
  peers.map(({ id }) => id).sort();
