import type { PeerChoice } from './peer-choice.js';
import type { Random } from '../../service/random.js';
import type { Network } from './network.js';
import { Sample } from './sample.js';
import type { SwarmPeer } from './swarm-peer.js';
import { Swarm, type PeerReport } from './swarm.js';

export interface SwarmStoreOptions {
  readonly choose: PeerChoice;
  readonly random: Random;
  readonly peersPerSwarmMax: number;
  /** Nobody is told of a peer that announced nothing for longer than this. */
  readonly unheardMsMax: number;
}

/** What a peer asks for. */
export interface PeerWish {
  readonly wanted: number;
  /** Peers that it has already, and isn't told of. */
  readonly known: readonly string[];
}

/** It rejected an offer, so it has no room: others are told of it again after this long. */
const busyMs = 30_000;

/** All swarms of this tracker by their key. A swarm is there while it has a peer. */
export class SwarmStore {
  readonly #swarms = new Map<string, Swarm>();
  readonly #sample = new Sample();
  #introductions = 0;
  #connected = 0;

  constructor(private readonly options: SwarmStoreOptions) {}

  get swarmCount(): number {
    return this.#swarms.size;
  }

  /** Peers that others were told of, each time counted. */
  get introductions(): number {
    return this.#introductions;
  }

  /** Of these: who was told says that it is connected. */
  get connected(): number {
    return this.#connected;
  }

  /** Peers of all swarms that others may be told of. */
  suitableCount(nowMs: number): number {
    let count = 0;
    for (const swarm of this.#swarms.values()) {
      swarm.hideSilent(nowMs - this.options.unheardMsMax);
      count += swarm.suitableCount;
    }
    return count;
  }

  /** False when the swarm has no room: such a viewer reports as others do, but finds no peers. */
  join(key: string, id: string, network?: Network): boolean {
    let swarm = this.#swarms.get(key);
    if (swarm === undefined) this.#swarms.set(key, (swarm = new Swarm()));
    if (swarm.size >= this.options.peersPerSwarmMax && !swarm.has(id)) return false;
    swarm.join(id, network);
    return true;
  }

  leave(key: string, id: string): void {
    const swarm = this.#swarms.get(key);
    swarm?.leave(id);
    if (swarm?.size === 0) this.#swarms.delete(key);
  }

  has(key: string, id: string): boolean {
    return this.#swarms.get(key)?.has(id) ?? false;
  }

  /** The peer has announced, and this is how it now stands; others may be told of it. */
  announced(key: string, id: string, report: PeerReport, nowMs: number): void {
    this.#swarms.get(key)?.announced(id, report, nowMs);
  }

  /**
   * The two have met. For dialects whose viewers don't say whom they have: others are told by
   * `known` in their wish.
   */
  met(key: string, id: string, otherId: string, nowMs: number): void {
    const swarm = this.#swarms.get(key);
    const [one, other] = [swarm?.peer(id), swarm?.peer(otherId)];
    if (one === undefined || other === undefined) return;
    for (const [self, met] of [
      [one, other],
      [other, one],
    ] as const) {
      if (self.introductions?.met(met, nowMs) === true) this.#connected += 1;
    }
  }

  /** The peer has rejected an offer. */
  rejected(key: string, id: string, nowMs: number): void {
    const peer = this.#swarms.get(key)?.peer(id);
    if (peer !== undefined) peer.busyUntilMs = nowMs + busyMs;
  }

  /** Up to `wanted` others of the same swarm that are alive and suit this peer. */
  pick(key: string, id: string, { wanted, known }: PeerWish, nowMs: number): readonly SwarmPeer[] {
    const swarm = this.#swarms.get(key);
    const self = swarm?.peer(id);
    if (swarm === undefined || self === undefined) return [];
    self.wantsPeers = wanted > 0;
    if (wanted <= 0 && self.introductions === undefined) return [];
    const sample = this.#sample;
    sample.begin();
    swarm.hideSilent(nowMs - this.options.unheardMsMax);
    this.#connected += swarm.settle(self, known, sample, nowMs);
    if (wanted <= 0) return [];
    const chosen = this.#choose(swarm, self, wanted, nowMs);
    for (const other of chosen) swarm.introduce(self, other, nowMs);
    this.#introductions += chosen.length;
    return chosen;
  }

  #choose(swarm: Swarm, self: SwarmPeer, wanted: number, nowMs: number): SwarmPeer[] {
    const { choose, random } = this.options;
    const sample = this.#sample;
    const anywhere = swarm.gather(self, wanted, sample, random);
    const chosen = choose(self, { peers: sample.peers, anywhere, nowMs }, wanted, random);
    for (const peer of sample.lastResort) {
      if (chosen.length >= wanted) break;
      chosen.push(peer);
    }
    return chosen;
  }
}
