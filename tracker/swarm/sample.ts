import type { SwarmPeer } from './swarm-peer.js';

/**
 * The peers of one choice, each once, without those that are left out. One is used for all choices
 * of a store, one after the other, so that a choice makes no sets.
 */
export class Sample {
  readonly #peers: SwarmPeer[] = [];
  readonly #lastResort: SwarmPeer[] = [];
  #number = 0;

  /** In the order in which they were taken. */
  get peers(): readonly SwarmPeer[] {
    return this.#peers;
  }

  /** Those whom others are to be preferred to, in the order in which they were put off. */
  get lastResort(): readonly SwarmPeer[] {
    return this.#lastResort;
  }

  /** Forgets all peers, and whom to leave out. */
  begin(): void {
    this.#number += 1;
    this.#peers.length = 0;
    this.#lastResort.length = 0;
  }

  /** True: it was taken, put off, or is to be left out. */
  has(peer: SwarmPeer): boolean {
    return peer.sampledIn === this.#number;
  }

  leaveOut(peer: SwarmPeer): void {
    peer.sampledIn = this.#number;
  }

  putOff(peer: SwarmPeer): void {
    if (!this.has(peer)) this.#lastResort.push(peer);
    this.leaveOut(peer);
  }

  /** True: it is taken now, and wasn't before. A function, to be passed on. */
  readonly take = (peer: SwarmPeer): boolean => {
    if (this.has(peer)) return false;
    this.leaveOut(peer);
    this.#peers.push(peer);
    return true;
  };
}
