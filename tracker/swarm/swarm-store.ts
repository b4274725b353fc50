import type { PeerChoice } from './peer-choice.js';
import type { Random } from '../../service/random.js';
import type { Network } from './network.js';
import { Sample } from './sample.js';
import type { SwarmPeer } from './swarm-peer.js';
import { Swarm, type PeerReport, type ToldPeer } from './swarm.js';

export interface SwarmStoreOptions {
  readonly choose: PeerChoice;
  readonly random: Random;
  readonly peersPerSwarmMax: number;
  /** Nobody is told of a peer that announced nothing for longer than this. */
  readonly unheardMsMax: number;
  /** The swarms of other trackers, where there are any. */
  readonly elsewhere?: SwarmsElsewhere;
}

/** What other trackers are told of this store's swarms, and told of theirs. */
export interface SwarmsElsewhere {
  /** A peer of this store has become one that others may be told of, or is so no more. */
  changed(key: string): void;
  /** What is known of a swarm that begins here, by instance. */
  toldOf(key: string): Iterable<readonly [instance: string, peers: readonly ToldPeer[]]>;
  /** How many peers the others have there, as they told last. */
  sizeOf(key: string): number;
}

/** What a peer asks for. */
export interface PeerWish {
  readonly wanted: number;
  /** Peers that it has already, and isn't told of. */
  readonly known: readonly string[];
  /** True: several use its name, so whom they are told of is nobody's try to meet another. */
  readonly isShared?: boolean;
  /**
   * Asked of each that is chosen, once: false, and the peer isn't told of it, but of another one.
   */
  readonly takes?: (other: SwarmPeer) => boolean;
}

const anyone = (): boolean => true;

/** All swarms of this tracker by their key. A swarm is there while it has a peer here. */
export class SwarmStore {
  readonly #swarms = new Map<string, Swarm>();
  readonly #counts = new Map<string, number>();
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
  join(key: string, id: string, network?: Network, isSeeder = false): boolean {
    const swarm = this.#swarms.get(key) ?? this.#begin(key);
    if (swarm.size >= this.options.peersPerSwarmMax && !swarm.has(id)) return false;
    swarm.join(id, network, isSeeder);
    return true;
  }

  leave(key: string, id: string): void {
    const swarm = this.#swarms.get(key);
    swarm?.leave(id);
    if (swarm?.size === 0) this.#swarms.delete(key);
  }

  /** Of all swarms and all that is counted; one may come twice. */
  *keys(): Iterable<string> {
    yield* this.#swarms.keys();
    yield* this.#counts.keys();
  }

  /** Whether it has a peer here, or something is counted under this key. */
  isHere(key: string): boolean {
    return this.#swarms.has(key) || this.#counts.has(key);
  }

  has(key: string, id: string): boolean {
    return this.#swarms.get(key)?.has(id) ?? false;
  }

  /**
   * The peer has announced, and this is how it now stands; others may be told of it. False: it
   * isn't here.
   */
  announced(key: string, id: string, report: PeerReport, nowMs: number): boolean {
    return this.#swarms.get(key)?.announced(id, report, nowMs) ?? false;
  }

  /** How many peers of this store others may be told of, or what was counted under this key. */
  ownCount(key: string, nowMs: number): number {
    const swarm = this.#swarms.get(key);
    swarm?.hideSilent(nowMs - this.options.unheardMsMax);
    return swarm?.suitableCount ?? this.#counts.get(key) ?? 0;
  }

  /**
   * Other trackers are told of so many, as they are of a swarm, and of no peer: by a key that no
   * swarm has. What they have under it is in `elsewhereCount`.
   */
  count(key: string, count: number): void {
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
    this.options.elsewhere?.changed(key);
  }

  /** Whether others than this peer are there to fetch from, here or elsewhere. */
  hasOthers(key: string, id: string): boolean {
    const swarm = this.#swarms.get(key);
    const own = (swarm?.suitableCount ?? 0) - (swarm?.isSuitable(id) === true ? 1 : 0);
    return own > 0 || this.elsewhereCount(key) > 0;
  }

  /** How many other trackers have there, as far as they told. */
  elsewhereCount(key: string): number {
    return this.options.elsewhere?.sizeOf(key) ?? 0;
  }

  /** Up to `max` of them, with room for others as far as is known. */
  ownSample(key: string, max: number): readonly SwarmPeer[] {
    return this.#swarms.get(key)?.ownSample(max, this.options.random) ?? [];
  }

  /** Whether it is one of them. */
  isSuitable(key: string, id: string): boolean {
    return this.#swarms.get(key)?.isSuitable(id) ?? false;
  }

  /** These are all that an instance tells of its peers now. Nobody's where the swarm isn't here. */
  heardOf(key: string, instance: string, peers: readonly ToldPeer[]): void {
    this.#swarms.get(key)?.heardOf(instance, peers);
  }

  /**
   * A peer of this store has met another, of this instance. For dialects whose viewers don't say
   * whom they have: others are told by `known` in their wish.
   */
  met(key: string, id: string, otherId: string, instance = ''): void {
    const swarm = this.#swarms.get(key);
    const [one, other] = [swarm?.peer(id), swarm?.peerAt(instance, otherId)];
    if (one === undefined || other === undefined) return;
    for (const [self, met] of [
      [one, other],
      [other, one],
    ] as const) {
      if (self.introductions?.met(met) === true) this.#connected += 1;
    }
  }

  /** The peer has rejected an offer. */
  rejected(key: string, id: string, nowMs: number): void {
    this.#swarms.get(key)?.rejected(id, nowMs);
  }

  /** Up to `wanted` others of the same swarm that are alive and suit this peer. */
  pick(
    key: string,
    id: string,
    { wanted, known, isShared = false, takes = anyone }: PeerWish,
    nowMs: number,
  ): readonly SwarmPeer[] {
    const swarm = this.#swarms.get(key);
    const self = swarm?.peer(id);
    if (swarm === undefined || self === undefined) return [];
    self.wantsPeers = wanted > 0;
    if (wanted <= 0 && self.introductions === undefined) return [];
    const sample = this.#sample;
    sample.begin();
    swarm.hideSilent(nowMs - this.options.unheardMsMax);
    swarm.freeUp(nowMs);
    this.#connected += swarm.settle(self, known, sample, nowMs);
    if (wanted <= 0) return [];
    const chosen = this.#choose(swarm, self, { wanted, takes }, nowMs);
    if (!isShared) for (const other of chosen) swarm.introduce(self, other, nowMs);
    this.#introductions += chosen.length;
    return chosen;
  }

  /** Others may have it already. */
  #begin(key: string): Swarm {
    const { elsewhere } = this.options;
    const swarm = new Swarm(() => elsewhere?.changed(key));
    this.#swarms.set(key, swarm);
    for (const [instance, peers] of elsewhere?.toldOf(key) ?? []) swarm.heardOf(instance, peers);
    return swarm;
  }

  /** In place of those that don't take it, the best that are left. */
  #choose(
    swarm: Swarm,
    self: SwarmPeer,
    { wanted, takes }: Required<Pick<PeerWish, 'wanted' | 'takes'>>,
    nowMs: number,
  ): SwarmPeer[] {
    const { choose, random } = this.options;
    const sample = this.#sample;
    const anywhere = swarm.gather(self, wanted, sample, random);
    const first = choose(self, { peers: sample.peers, anywhere, nowMs }, wanted, random);
    const taken = takes === anyone ? first : first.filter(takes);
    if (taken.length < first.length) {
      const left = sample.peers.filter((peer) => !first.includes(peer));
      const byCost = choose(self, { peers: left, anywhere: 0, nowMs }, left.length, random);
      fill(taken, byCost, wanted, takes);
    }
    fill(taken, sample.lastResort, wanted, takes);
    return taken;
  }
}

function fill(
  taken: SwarmPeer[],
  others: readonly SwarmPeer[],
  wanted: number,
  takes: (other: SwarmPeer) => boolean,
): void {
  for (const peer of others) {
    if (taken.length >= wanted) return;
    if (takes(peer)) taken.push(peer);
  }
}
