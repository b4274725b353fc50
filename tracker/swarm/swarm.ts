import { SampleSet } from './sample-set.js';
import type { Random } from '../../service/random.js';

/** A viewer as others may be told of it. */
export interface SwarmPeer {
  readonly id: string;
  /** Segment at its playhead; -1 where not told. */
  segment: number;
  quality: string;
}

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

/** The viewers of one stream, indexed by where they play. Plain data; chance is passed in. */
export class Swarm {
  readonly #peers = new Map<string, SwarmPeer>();
  readonly #all = new SampleSet<SwarmPeer>();
  readonly #bySegment: Index = new Map();
  readonly #bySegmentAndQuality: Index = new Map();

  get size(): number {
    return this.#peers.size;
  }

  has(id: string): boolean {
    return this.#peers.has(id);
  }

  join(id: string, segment: number, quality: string): void {
    this.leave(id);
    const peer = { id, segment, quality };
    this.#peers.set(id, peer);
    this.#all.add(peer);
    this.#addToIndexes(peer);
  }

  leave(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    this.#peers.delete(id);
    this.#all.delete(peer);
    this.#removeFromIndexes(peer);
  }

  update(id: string, segment: number, quality: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined || (peer.segment === segment && peer.quality === quality)) return;
    this.#removeFromIndexes(peer);
    peer.segment = segment;
    peer.quality = quality;
    this.#addToIndexes(peer);
  }

  peer(id: string): SwarmPeer | undefined {
    return this.#peers.get(id);
  }

  /** A bounded sample of others for this peer; `anywhere` has up to `anywhereMax`. */
  candidates(self: SwarmPeer, anywhereMax: number, random: Random): Candidates {
    const segments = segmentsAround(self.segment);
    const near = new Set<SwarmPeer>([self]);
    for (const segment of segments) {
      const missing = nearCandidatesMax + 1 - near.size;
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
    near.delete(self);
    const anywhere = new Set<SwarmPeer>([self]);
    this.#all.sampleInto(anywhere, anywhereMax, random);
    anywhere.delete(self);
    return { near: [...near], anywhere: [...anywhere] };
  }

  #addToIndexes(peer: SwarmPeer): void {
    addTo(this.#bySegment, String(peer.segment), peer);
    addTo(this.#bySegmentAndQuality, `${peer.segment} ${peer.quality}`, peer);
  }

  #removeFromIndexes(peer: SwarmPeer): void {
    removeFrom(this.#bySegment, String(peer.segment), peer);
    removeFrom(this.#bySegmentAndQuality, `${peer.segment} ${peer.quality}`, peer);
  }
}
