import type { Random } from '../../service/random.js';
import { AgeOrder } from './age-order.js';
import { Introductions } from './introductions.js';
import { nowhere, type Network } from './network.js';
import { RenditionIndex } from './rendition-index.js';
import type { Sample } from './sample.js';
import { SampleSet } from './sample-set.js';
import { busyMs, SwarmPeer } from './swarm-peer.js';

/** What a peer's newest announce says of it. */
export interface PeerReport {
  readonly segment: number;
  readonly quality: string;
  /** Connections to others that it has; 0 where not told. */
  readonly connections?: number;
  /** Whether it wants others; as before where not told. */
  readonly wantsPeers?: boolean;
  /** True: its playback is over, so it has nothing to give until it announces something else. */
  readonly isOver: boolean;
}

/** A peer as another tracker told of it. */
export interface ToldPeer {
  readonly id: string;
  readonly segment: number;
  readonly quality: string;
  readonly network?: Network;
}

/** Up to so many, all of a swarm are candidates. */
const everybodyMax = 48;

/** Peers that are looked at for one that other trackers are told of. */
const drawnForOne = 4;

/** What the last of those that a tracker tells of is taken to have; the first has none. */
const toldConnectionsMax = 24;

/** Where there are no more than these, those who didn't connect are tried again all the same. */
const fewMax = 8;

/**
 * The viewers of one stream: this tracker's own, and those that others told of. Those that are
 * suitable, which is to say alive, are indexed by where they play: a sample of peers that are gone
 * would give nobody. Plain data; chance and clock are passed in.
 */
export class Swarm {
  readonly #peers = new Map<string, SwarmPeer>();
  /** By instance: suitable as long as they are told of. */
  readonly #elsewhere = new Map<string, Map<string, SwarmPeer>>();
  /** Its own that are suitable, by their latest announce. */
  readonly #heard = new AgeOrder<SwarmPeer>();
  /** Those that rejected an offer, by when they did. */
  readonly #busy = new AgeOrder<SwarmPeer>();
  readonly #all = new SampleSet<SwarmPeer>();
  /** Those of them that have room, as far as is known, and the same by where they play. */
  readonly #open = new SampleSet<SwarmPeer>();
  readonly #renditions = new Map<string, RenditionIndex>();

  /** `onChange` is called when one of its own peers becomes suitable, or is so no more. */
  constructor(private readonly onChange: () => void = () => undefined) {}

  /** Its own peers. */
  get size(): number {
    return this.#peers.size;
  }

  has(id: string): boolean {
    return this.#peers.has(id);
  }

  /** Its own peers that others may be told of. */
  get suitableCount(): number {
    return this.#heard.size;
  }

  /** Whether it is one of its own peers that others may be told of. */
  isSuitable(id: string): boolean {
    return this.#peers.get(id)?.isSuitable ?? false;
  }

  /**
   * Up to `max` of its own peers that others may be told of: of a random sample those that have
   * room and want others, with the fewest connections, for all who are told of one come to it at
   * once.
   */
  ownSample(max: number, random: Random): SwarmPeer[] {
    const sample = new Set<SwarmPeer>();
    this.#all.sample(max * drawnForOne, random, (peer) => {
      if (peer.instance !== '' || sample.has(peer)) return false;
      sample.add(peer);
      return true;
    });
    const byRoom = [...sample].sort(
      (one, other) =>
        Number(other.isOpen) - Number(one.isOpen) ||
        Number(other.isWilling) - Number(one.isWilling) ||
        one.connections - other.connections,
    );
    return byRoom.slice(0, max);
  }

  /**
   * These are all that are known of an instance's peers, by `ownSample`, so those with the most
   * room come first: those it told before are forgotten. Who is told of by several, or is here too,
   * counts at each: which of them it is can't be known.
   */
  heardOf(instance: string, told: readonly ToldPeer[]): void {
    const before = this.#elsewhere.get(instance);
    const peers = new Map<string, SwarmPeer>();
    for (const [rank, { id, segment, quality, network }] of told.entries()) {
      if (peers.has(id)) continue;
      // One that was known goes on, with what is remembered of it.
      const known = before?.get(id);
      before?.delete(id);
      const peer = known ?? new SwarmPeer(id, network, instance);
      const expected = (toldConnectionsMax * rank) / told.length;
      peer.connections = Math.max(peer.connections / 2, expected);
      this.#place(peer, segment, quality);
      peers.set(id, peer);
      this.#show(peer);
    }
    for (const peer of before?.values() ?? []) this.#hide(peer);
    if (peers.size > 0) this.#elsewhere.set(instance, peers);
    else this.#elsewhere.delete(instance);
  }

  /** Nobody is told of it until it announces. */
  join(id: string, network: Network = nowhere, isSeeder = false): void {
    this.leave(id);
    this.#peers.set(id, new SwarmPeer(id, network, '', isSeeder));
  }

  leave(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    const wasSuitable = peer.isSuitable;
    this.#peers.delete(id);
    this.#hide(peer);
    if (wasSuitable) this.onChange();
  }

  /** False: it isn't one of its own peers. */
  announced(id: string, report: PeerReport, nowMs: number): boolean {
    const peer = this.#peers.get(id);
    if (peer === undefined) return false;
    const { segment, quality, connections = 0, wantsPeers = peer.wantsPeers, isOver } = report;
    const wasSuitable = peer.isSuitable;
    peer.updateConnections(connections, nowMs);
    peer.wantsPeers = wantsPeers;
    if (isOver) this.#hide(peer);
    this.#place(peer, segment, quality);
    if (!isOver) {
      this.#heard.touch(peer, nowMs);
      this.#show(peer);
    }
    if (wasSuitable === isOver) this.onChange();
    return true;
  }

  /** Nobody is told any more of those that announced nothing since then, until they do. */
  hideSilent(sinceMs: number): void {
    for (const peer of this.#heard.takeUntouched(sinceMs)) {
      this.#hide(peer);
      this.onChange();
    }
  }

  /** Whoever is known by this id has rejected an offer. */
  rejected(id: string, nowMs: number): void {
    const peer = this.named(id);
    if (peer === undefined) return;
    peer.rejected(nowMs);
    this.#busy.touch(peer, nowMs);
    this.#takeOut(peer);
  }

  /** Others are told again of those that rejected an offer long ago. */
  freeUp(nowMs: number): void {
    for (const peer of this.#busy.takeUntouched(nowMs - busyMs + 1)) {
      peer.timePasses(nowMs);
      if (peer.isSuitable) this.#show(peer);
    }
  }

  /** Who is known by this id at an instance. */
  peerAt(instance: string, id: string): SwarmPeer | undefined {
    return instance === '' ? this.#peers.get(id) : this.#elsewhere.get(instance)?.get(id);
  }

  /** One of its own peers. */
  peer(id: string): SwarmPeer | undefined {
    return this.#peers.get(id);
  }

  /** Whoever is known by this id, here or elsewhere. */
  named(id: string): SwarmPeer | undefined {
    const own = this.#peers.get(id);
    if (own !== undefined) return own;
    for (const peers of this.#elsewhere.values()) {
      const peer = peers.get(id);
      if (peer !== undefined) return peer;
    }
    return undefined;
  }

  /**
   * Leaves a peer itself out of the sample, here and elsewhere, those that it knows, those that it
   * can't seem to connect to, and those that it met in vain and that have no room. Returns how many
   * that it was told of have been connected since it last announced.
   */
  settle(self: SwarmPeer, known: readonly string[], sample: Sample, nowMs: number): number {
    for (const id of known) {
      const peer = this.named(id);
      if (peer !== undefined) sample.leaveOut(peer);
    }
    const { introductions } = self;
    const connected = introductions?.settle(
      nowMs,
      (other) => sample.has(other),
      (other, isHopeless) => {
        const isGivenUp = isHopeless && this.#all.size > fewMax;
        const isOut = this.#mayAskTheFull(self) ? !other.isSuitable : !other.isOpen;
        if (isGivenUp || isOut) sample.leaveOut(other);
        else sample.putOff(other);
      },
    );
    if (introductions?.isEmpty === true) self.introductions = undefined;
    sample.leaveOut(self);
    for (const peers of this.#elsewhere.values()) {
      const namesake = peers.get(self.id);
      if (namesake !== undefined) sample.leaveOut(namesake);
    }
    return connected ?? 0;
  }

  /**
   * Takes candidates for this peer into the sample: up to `anywhereMax` of all that have room, each
   * equally likely, and behind them those that are near. Returns how many are of the former.
   */
  gather(self: SwarmPeer, anywhereMax: number, sample: Sample, random: Random): number {
    this.#open.sample(anywhereMax, random, sample.take);
    const anywhere = sample.peers.length;
    if (this.#open.size <= everybodyMax) this.#open.sample(everybodyMax, random, sample.take);
    else this.#renditions.get(self.quality)?.sampleNear(self, sample, random);
    const hasFull = this.#open.size < this.#all.size;
    if (hasFull && sample.peers.length < anywhereMax && this.#mayAskTheFull(self)) {
      this.#all.sample(everybodyMax, random, sample.take);
    }
    return anywhere;
  }

  /** What is known of others' room may be wrong: who has nobody tries those that seem full too. */
  #mayAskTheFull({ connectionsTold }: SwarmPeer): boolean {
    return connectionsTold === 0 || this.#all.size <= fewMax;
  }

  /** One peer is told of the other. */
  introduce(one: SwarmPeer, other: SwarmPeer, nowMs: number): void {
    one.introductions ??= new Introductions();
    one.introductions.add(other, true, nowMs);
    other.introductions ??= new Introductions();
    other.introductions.add(one, false, nowMs);
    other.connections += 1;
  }

  /** Where it plays now. */
  #place(peer: SwarmPeer, segment: number, quality: string): void {
    if (peer.isOpen && peer.quality === quality) {
      this.#renditions.get(quality)?.move(peer, segment);
      return;
    }
    this.#takeOut(peer);
    peer.segment = segment;
    peer.quality = quality;
  }

  /** Others may be told of it. */
  #show(peer: SwarmPeer): void {
    if (!peer.isSuitable) {
      peer.isSuitable = true;
      this.#all.add(peer);
    }
    if (peer.isBusy) this.#takeOut(peer);
    else if (!peer.isOpen) this.#takeIn(peer);
  }

  #hide(peer: SwarmPeer): void {
    this.#heard.delete(peer);
    this.#busy.delete(peer);
    this.#takeOut(peer);
    if (!peer.isSuitable) return;
    peer.isSuitable = false;
    this.#all.delete(peer);
  }

  #takeIn(peer: SwarmPeer): void {
    peer.isOpen = true;
    this.#open.add(peer);
    let index = this.#renditions.get(peer.quality);
    if (index === undefined) this.#renditions.set(peer.quality, (index = new RenditionIndex()));
    index.add(peer);
  }

  #takeOut(peer: SwarmPeer): void {
    if (!peer.isOpen) return;
    peer.isOpen = false;
    this.#open.delete(peer);
    const index = this.#renditions.get(peer.quality);
    index?.delete(peer);
    if (index?.size === 0) this.#renditions.delete(peer.quality);
  }
}
