import type { Random } from '../../service/random.js';
import type { Sample } from './sample.js';
import { SampleSet } from './sample-set.js';
import type { SwarmPeer } from './swarm-peer.js';

/** How many segments away a peer is still near: what a live player holds in its buffer. */
export const nearSegmentsMax = 6;
/** Candidates that play nearby, and of each kind of neighbourhood in the network. */
const playingNearMax = 16;
const sameBlockMax = 4;
const sameSystemMax = 8;
const sameCountryMax = 4;

class Groups<Key> {
  readonly #groups = new Map<Key, SampleSet<SwarmPeer>>();

  add(key: Key, peer: SwarmPeer): void {
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, (group = new SampleSet()));
    group.add(peer);
  }

  delete(key: Key, peer: SwarmPeer): void {
    const group = this.#groups.get(key);
    group?.delete(peer);
    if (group?.size === 0) this.#groups.delete(key);
  }

  sampleInto(sample: Sample, key: Key, max: number, random: Random): void {
    this.#groups.get(key)?.sample(max, random, sample.take);
  }
}

/** The peers of one rendition by where they play, and where they are in the network. */
export class RenditionIndex {
  readonly #bySegment = new Groups<number>();
  readonly #byBlock = new Groups<number>();
  readonly #bySystem = new Groups<number>();
  readonly #byCountry = new Groups<string>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(peer: SwarmPeer): void {
    const { block, system, country } = peer.network;
    this.#size += 1;
    this.#bySegment.add(peer.segment, peer);
    if (block !== 0) this.#byBlock.add(block, peer);
    if (system !== 0) this.#bySystem.add(system, peer);
    if (country !== '') this.#byCountry.add(country, peer);
  }

  delete(peer: SwarmPeer): void {
    const { block, system, country } = peer.network;
    this.#size -= 1;
    this.#bySegment.delete(peer.segment, peer);
    if (block !== 0) this.#byBlock.delete(block, peer);
    if (system !== 0) this.#bySystem.delete(system, peer);
    if (country !== '') this.#byCountry.delete(country, peer);
  }

  /** Its playhead has moved on. */
  move(peer: SwarmPeer, segment: number): void {
    if (peer.segment === segment) return;
    this.#bySegment.delete(peer.segment, peer);
    peer.segment = segment;
    this.#bySegment.add(segment, peer);
  }

  /** Those of this rendition that are near the peer, in the video or in the network. */
  sampleNear({ segment, network }: SwarmPeer, sample: Sample, random: Random): void {
    const { block, system, country } = network;
    if (block !== 0) this.#byBlock.sampleInto(sample, block, sameBlockMax, random);
    if (system !== 0) this.#bySystem.sampleInto(sample, system, sameSystemMax, random);
    if (country !== '') this.#byCountry.sampleInto(sample, country, sameCountryMax, random);
    const enough = sample.peers.length + playingNearMax;
    // By distance: s, s+1, s−1, s+2, … Where the own isn't known, those whose isn't either.
    const farthest = segment < 0 ? 0 : nearSegmentsMax;
    for (let distance = 0; distance <= farthest; distance += 1) {
      for (const near of distance === 0 ? [segment] : [segment + distance, segment - distance]) {
        const missing = enough - sample.peers.length;
        if (missing <= 0) return;
        this.#bySegment.sampleInto(sample, near, missing, random);
      }
    }
  }
}
