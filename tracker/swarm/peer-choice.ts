import { randomIndex, type Random } from '../../service/random.js';
import type { Candidates, SwarmPeer } from './swarm.js';

/**
 * Chooses whom a peer is told of: up to `wanted` of the candidates, each once. The place for
 * everything that makes a peer suitable; it sees a bounded sample, so a choice may score each.
 */
export type PeerChoice = (
  self: SwarmPeer,
  candidates: Candidates,
  wanted: number,
  random: Random,
) => SwarmPeer[];

/** One in four is chosen from the whole swarm, so that it stays one graph. */
const randomShare = 1 / 4;
/** What another rendition counts in segments of distance: its segments can't be shared at all. */
const otherQualityPenalty = 100;

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = randomIndex(random, index + 1);
    const item = result[index];
    const swapped = result[other];
    if (item === undefined || swapped === undefined) continue;
    result[index] = swapped;
    result[other] = item;
  }
  return result;
}

function distance(self: SwarmPeer, peer: SwarmPeer): number {
  const penalty = self.quality === peer.quality ? 0 : otherQualityPenalty;
  return Math.abs(self.segment - peer.segment) + penalty;
}

function randomCount(wanted: number, random: Random): number {
  if (wanted === 1) return random() < randomShare ? 1 : 0;
  return Math.max(1, Math.floor(wanted * randomShare));
}

/** Nearest playheads of the same rendition first, equals in random order; a share from anywhere. */
export const nearAndRandom: PeerChoice = (self, candidates, wanted, random) => {
  if (wanted <= 0) return [];
  const chosen = new Set<SwarmPeer>(
    shuffled(candidates.anywhere, random).slice(0, randomCount(wanted, random)),
  );
  const ranked = shuffled(candidates.near, random)
    .map((peer) => ({ peer, distance: distance(self, peer) }))
    .sort((one, other) => one.distance - other.distance);
  for (const { peer } of ranked) {
    if (chosen.size >= wanted) break;
    chosen.add(peer);
  }
  for (const peer of candidates.anywhere) {
    if (chosen.size >= wanted) break;
    chosen.add(peer);
  }
  return [...chosen];
};
