import type { Random } from '../../service/random.js';
import { nearnessOf, type Nearness } from './network.js';
import { nearSegmentsMax } from './rendition-index.js';
import type { SwarmPeer } from './swarm-peer.js';

/** What a choice is made from, and when. */
export interface Candidates {
  /** A bounded sample, however large the swarm is, each peer once. */
  readonly peers: readonly SwarmPeer[];
  /** So many of them, the first, are of the whole swarm, each equally likely. */
  readonly anywhere: number;
  readonly nowMs: number;
}

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
/** Connections with which a viewer can't do with more: what it may ask for at once. */
const connectionsMax = 30;

/**
 * What speaks against a peer, in segments between the two playheads. Another rendition can't be
 * shared at all; a peer without room would reject the offer.
 */
const costs = {
  otherRendition: 1_000,
  noRoom: 500,
  unknownSegment: 50,
  /** Who plays ahead has what this peer needs next; who plays behind needs what it has. */
  behind: 3,
  sameSegment: 1,
  connection: 0.5,
  /** What is known of it is older, and how many connections it has is a guess. */
  elsewhere: 3,
  /** More than a few introductions, and less than it saves to be in the same network. */
  wantsNobody: 5,
} as const;
const distanceMax = 300;
const networkCost: Readonly<Record<Nearness, number>> = {
  block: 0,
  system: 2,
  country: 6,
  unknown: 8,
};

function segmentCost(own: number, other: number): number {
  if (own < 0 || other < 0) return own === other ? 0 : costs.unknownSegment;
  const ahead = other - own;
  const distance = Math.min(distanceMax, Math.abs(ahead));
  if (distance > nearSegmentsMax) return distance;
  if (ahead > 0) return 0;
  return ahead === 0 ? costs.sameSegment : costs.behind;
}

const hasRoom = ({ connections, busyUntilMs }: SwarmPeer, nowMs: number): boolean =>
  connections < connectionsMax && busyUntilMs <= nowMs;

function costOf(self: SwarmPeer, peer: SwarmPeer, nowMs: number): number {
  return (
    segmentCost(self.segment, peer.segment) +
    networkCost[nearnessOf(self.network, peer.network)] +
    costs.connection * Math.min(connectionsMax, peer.connections) +
    (peer.quality === self.quality ? 0 : costs.otherRendition) +
    (peer.instance === self.instance ? 0 : costs.elsewhere) +
    (peer.isWilling ? 0 : costs.wantsNobody) +
    (hasRoom(peer, nowMs) ? 0 : costs.noRoom)
  );
}

function randomCount(wanted: number, random: Random): number {
  if (wanted === 1) return random() < randomShare ? 1 : 0;
  return Math.max(1, Math.floor(wanted * randomShare));
}

/** The cheapest so far, by what they cost. */
class Cheapest {
  readonly peers: SwarmPeer[] = [];
  readonly #costs: number[] = [];

  constructor(private readonly max: number) {}

  offer(peer: SwarmPeer, cost: number): void {
    let place = this.peers.length;
    if (place === this.max) {
      if (place === 0 || cost >= (this.#costs[place - 1] ?? 0)) return;
      place -= 1;
    }
    for (; place > 0 && (this.#costs[place - 1] ?? 0) > cost; place -= 1) {
      this.#costs[place] = this.#costs[place - 1] ?? 0;
      const moved = this.peers[place - 1];
      if (moved !== undefined) this.peers[place] = moved;
    }
    this.#costs[place] = cost;
    this.peers[place] = peer;
  }
}

/**
 * Those that cost least, equals in random order; a share of all that have room, from anywhere.
 */
export const nearAndRandom: PeerChoice = (self, { peers, anywhere, nowMs }, wanted, random) => {
  if (wanted <= 0) return [];
  const chosen: SwarmPeer[] = [];
  const share = randomCount(wanted, random);
  for (let index = 0; index < anywhere && chosen.length < share; index += 1) {
    const peer = peers[index];
    if (peer !== undefined && hasRoom(peer, nowMs)) chosen.push(peer);
  }
  const cheapest = new Cheapest(wanted - chosen.length);
  for (const peer of peers) {
    if (chosen.includes(peer)) continue;
    cheapest.offer(peer, costOf(self, peer, nowMs) + random());
  }
  return chosen.concat(cheapest.peers);
};
