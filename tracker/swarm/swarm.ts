import type { Random } from '../../service/random.js';
import { AgeOrder } from './age-order.js';
import { SampleSet } from './sample-set.js';

/** A viewer as others may be told of it. */
export interface SwarmPeer {
  readonly id: string;
  /** The tracker's instance that has it; '' is this one. */
  readonly instance: string;
  /** Segment at its playhead; -1 where not told. */
  segment: number;
  quality: string;
}

/** What a peer's newest announce says of it. */
export interface PeerReport {
  readonly segment: number;
  readonly quality: string;
  /** True: its playback is over, so it has nothing to give until it announces something else. */
  readonly isOver: boolean;
}

/** A peer as another tracker told of it. */
export type ToldPeer = Pick<SwarmPeer, 'id' | 'segment' | 'quality'>;

/** What a peer choice chooses from: a bounded sample, however large the swarm is. */
export interface Candidates {
  /** Playing near the same segment, those of the same rendition first sought. */
  readonly near: readonly SwarmPeer[];
  /** From the whole swarm, each peer equally likely. */
  readonly anywhere: readonly SwarmPeer[];
}

/** How many segments away a peer is still near: what a live player holds in its buffer. */
const nearSegmentsMax = 6;
/** Near candidates of the same rendition, and again of any. */
const nearCandidatesMax = 32;

type Index = Map<string, SampleSet<SwarmPeer>>;

function addTo(index: Index, key: string, peer: SwarmPeer): void {
  let set = index.get(key);
  if (set === undefined) index.set(key, (set = new SampleSet()));
  set.add(peer);
}

function removeFrom(index: Index, key: string, peer: SwarmPeer): void {
  const set = index.get(key);
  set?.delete(peer);
  if (set?.size === 0) index.delete(key);
}

/** By distance: s, s−1, s+1, s−2, … Where the own isn't known, those whose isn't either. */
function segmentsAround(segment: number): number[] {
  if (segment < 0) return [segment];
  const around = [segment];
  for (let distance = 1; distance <= nearSegmentsMax; distance += 1) {
    if (segment >= distance) around.push(segment - distance);
    around.push(segment + distance);
  }
  return around;
}

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
  readonly #all = new SampleSet<SwarmPeer>();
  readonly #bySegment: Index = new Map();
  readonly #bySegmentAndQuality: Index = new Map();

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
    const peer = this.#peers.get(id);
    return peer !== undefined && this.#all.has(peer);
  }

  /** Up to `max` of its own peers that others may be told of, each equally likely. */
  ownSample(max: number, random: Random): SwarmPeer[] {
    const sample = new Set(this.#peersElsewhere());
    const leftOut = [...sample];
    this.#all.sampleInto(sample, max, random);
    for (const peer of leftOut) sample.delete(peer);
    return [...sample];
  }

  /**
   * These are all that are known of an instance's peers: those it told before are forgotten. A
   * peer that came from one tracker to another is where it was told of last, or else here.
   */
  heardOf(instance: string, told: readonly ToldPeer[]): void {
    for (const peer of this.#elsewhere.get(instance)?.values() ?? []) this.#hide(peer);
    this.#elsewhere.delete(instance);
    const peers = new Map<string, SwarmPeer>();
    for (const { id, segment, quality } of told) {
      if (this.#peers.has(id) || peers.has(id)) continue;
      this.#forgetElsewhere(id);
      const peer = { id, instance, segment, quality };
      peers.set(id, peer);
      this.#index(peer);
    }
    if (peers.size > 0) this.#elsewhere.set(instance, peers);
  }

  /** Nobody is told of it until it announces. */
  join(id: string): void {
    this.leave(id);
    this.#forgetElsewhere(id);
    this.#peers.set(id, { id, instance: '', segment: -1, quality: 'unknown' });
  }

  leave(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    const wasSuitable = this.#all.has(peer);
    this.#peers.delete(id);
    this.#hide(peer);
    if (wasSuitable) this.onChange();
  }

  announced(id: string, { segment, quality, isOver }: PeerReport, nowMs: number): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    const wasSuitable = this.#all.has(peer);
    if (isOver || peer.segment !== segment || peer.quality !== quality) this.#hide(peer);
    peer.segment = segment;
    peer.quality = quality;
    if (!isOver) this.#show(peer, nowMs);
    if (wasSuitable === isOver) this.onChange();
  }

  /** Nobody is told any more of those that announced nothing since then, until they do. */
  hideSilent(sinceMs: number): void {
    for (const peer of this.#heard.takeUntouched(sinceMs)) {
      this.#hide(peer);
      this.onChange();
    }
  }

  peer(id: string): SwarmPeer | undefined {
    return this.#peers.get(id);
  }

  /**
   * A bounded sample of others for this peer, without those it knows already; `anywhere` has up
   * to `anywhereMax`.
   */
  candidates(
    self: SwarmPeer,
    known: readonly string[],
    anywhereMax: number,
    random: Random,
  ): Candidates {
    const leftOut = new Set([self, ...known.flatMap((id) => this.#named(id) ?? [])]);
    const segments = segmentsAround(self.segment);
    const near = new Set(leftOut);
    for (const segment of segments) {
      const missing = nearCandidatesMax + leftOut.size - near.size;
      if (missing <= 0) break;
      this.#bySegmentAndQuality
        .get(`${segment} ${self.quality}`)
        ?.sampleInto(near, missing, random);
    }
    const sameQuality = near.size;
    for (const segment of segments) {
      const missing = nearCandidatesMax - (near.size - sameQuality);
      if (missing <= 0) break;
      this.#bySegment.get(String(segment))?.sampleInto(near, missing, random);
    }
    const anywhere = new Set(leftOut);
    this.#all.sampleInto(anywhere, anywhereMax, random);
    for (const peer of leftOut) {
      near.delete(peer);
      anywhere.delete(peer);
    }
    return { near: [...near], anywhere: [...anywhere] };
  }

  #named(id: string): SwarmPeer | undefined {
    const own = this.#peers.get(id);
    if (own !== undefined) return own;
    for (const peers of this.#elsewhere.values()) {
      const peer = peers.get(id);
      if (peer !== undefined) return peer;
    }
    return undefined;
  }

  #forgetElsewhere(id: string): void {
    for (const peers of this.#elsewhere.values()) {
      const peer = peers.get(id);
      if (peer === undefined) continue;
      peers.delete(id);
      this.#hide(peer);
    }
  }

  #peersElsewhere(): SwarmPeer[] {
    return [...this.#elsewhere.values()].flatMap((peers) => [...peers.values()]);
  }

  #show(peer: SwarmPeer, nowMs: number): void {
    this.#heard.touch(peer, nowMs);
    this.#index(peer);
  }

  #index(peer: SwarmPeer): void {
    this.#all.add(peer);
    addTo(this.#bySegment, String(peer.segment), peer);
    addTo(this.#bySegmentAndQuality, `${peer.segment} ${peer.quality}`, peer);
  }

  #hide(peer: SwarmPeer): void {
    this.#heard.delete(peer);
    this.#all.delete(peer);
    removeFrom(this.#bySegment, String(peer.segment), peer);
    removeFrom(this.#bySegmentAndQuality, `${peer.segment} ${peer.quality}`, peer);
  }
}
