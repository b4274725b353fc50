import type { Random } from '../../service/random.js';
import { AgeOrder } from './age-order.js';
import { Introductions } from './introductions.js';
import { nowhere, type Network } from './network.js';
import { RenditionIndex } from './rendition-index.js';
import type { Sample } from './sample.js';
import { SampleSet } from './sample-set.js';
import { SwarmPeer } from './swarm-peer.js';

/** What a peer's newest announce says of it. */
export interface PeerReport {
  readonly segment: number;
  readonly quality: string;
  /** Connections to others that it has; 0 where not told. */
  readonly connections?: number;
  /** True: its playback is over, so it has nothing to give until it announces something else. */
  readonly isOver: boolean;
}

/** Up to so many, all of a swarm are candidates. */
const everybodyMax = 48;

/**
 * The viewers of one stream. Those that are suitable, which is to say alive, are indexed by where
 * they play: a sample of peers that are gone would give nobody. Plain data; chance and clock are
 * passed in.
 */
export class Swarm {
  readonly #peers = new Map<string, SwarmPeer>();
  /** The suitable ones by their latest announce. */
  readonly #heard = new AgeOrder<SwarmPeer>();
  readonly #all = new SampleSet<SwarmPeer>();
  readonly #renditions = new Map<string, RenditionIndex>();

  get size(): number {
    return this.#peers.size;
  }

  has(id: string): boolean {
    return this.#peers.has(id);
  }

  /** Peers that others may be told of. */
  get suitableCount(): number {
    return this.#heard.size;
  }

  /** Nobody is told of it until it announces. */
  join(id: string, network: Network = nowhere): void {
    this.leave(id);
    this.#peers.set(id, new SwarmPeer(id, network));
  }

  leave(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    this.#peers.delete(id);
    this.#hide(peer);
  }

  announced(id: string, report: PeerReport, nowMs: number): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    peer.connections = report.connections ?? 0;
    if (report.isOver || peer.quality !== report.quality) this.#hide(peer);
    this.#place(peer, report);
    if (!report.isOver) this.#show(peer, nowMs);
  }

  /** Nobody is told any more of those that announced nothing since then, until they do. */
  hideSilent(sinceMs: number): void {
    for (const peer of this.#heard.takeUntouched(sinceMs)) this.#hide(peer);
  }

  peer(id: string): SwarmPeer | undefined {
    return this.#peers.get(id);
  }

  /**
   * Leaves a peer itself out of the sample, those that it knows, and those that it can't seem to
   * connect to. Returns how many that it was told of have been connected since it last announced.
   */
  settle(self: SwarmPeer, known: readonly string[], sample: Sample, nowMs: number): number {
    for (const id of known) {
      const peer = this.#peers.get(id);
      if (peer !== undefined) sample.leaveOut(peer);
    }
    const { introductions } = self;
    const connected = introductions?.settle(
      nowMs,
      (other) => sample.has(other),
      (other, isHopeless) => {
        if (isHopeless || !this.#all.has(other)) sample.leaveOut(other);
        else sample.putOff(other);
      },
    );
    if (introductions?.isEmpty === true) self.introductions = undefined;
    sample.leaveOut(self);
    return connected ?? 0;
  }

  /**
   * Takes candidates for this peer into the sample: up to `anywhereMax` of the whole swarm, each
   * equally likely, and behind them those that are near. Returns how many are of the former.
   */
  gather(self: SwarmPeer, anywhereMax: number, sample: Sample, random: Random): number {
    this.#all.sample(anywhereMax, random, sample.take);
    const anywhere = sample.peers.length;
    if (this.#all.size <= everybodyMax) this.#all.sample(everybodyMax, random, sample.take);
    else this.#renditions.get(self.quality)?.sampleNear(self, sample, random);
    return anywhere;
  }

  /** One peer is told of the other. */
  introduce(one: SwarmPeer, other: SwarmPeer, nowMs: number): void {
    one.introductions ??= new Introductions();
    one.introductions.add(other, true, nowMs);
    other.introductions ??= new Introductions();
    other.introductions.add(one, false, nowMs);
  }

  #place(peer: SwarmPeer, { segment, quality }: PeerReport): void {
    if (peer.segment === segment && peer.quality === quality) return;
    if (this.#all.has(peer)) this.#renditions.get(quality)?.move(peer, segment);
    peer.segment = segment;
    peer.quality = quality;
  }

  #show(peer: SwarmPeer, nowMs: number): void {
    this.#heard.touch(peer, nowMs);
    if (this.#all.has(peer)) return;
    this.#all.add(peer);
    let index = this.#renditions.get(peer.quality);
    if (index === undefined) this.#renditions.set(peer.quality, (index = new RenditionIndex()));
    index.add(peer);
  }

  #hide(peer: SwarmPeer): void {
    this.#heard.delete(peer);
    if (!this.#all.has(peer)) return;
    this.#all.delete(peer);
    const index = this.#renditions.get(peer.quality);
    index?.delete(peer);
    if (index?.size === 0) this.#renditions.delete(peer.quality);
  }
}
