import type { PeerChoice } from './peer-choice.js';
import type { Random } from '../../service/random.js';
import { Swarm, type SwarmPeer } from './swarm.js';

export interface SwarmStoreOptions {
  readonly choose: PeerChoice;
  readonly random: Random;
  readonly peersPerSwarmMax: number;
}

/** All swarms of this tracker by their key. A swarm is there while it has a peer. */
export class SwarmStore {
  readonly #swarms = new Map<string, Swarm>();

  constructor(private readonly options: SwarmStoreOptions) {}

  get swarmCount(): number {
    return this.#swarms.size;
  }

  /** False when the swarm has no room: such a viewer reports as others do, but finds no peers. */
  join(key: string, id: string): boolean {
    let swarm = this.#swarms.get(key);
    if (swarm === undefined) this.#swarms.set(key, (swarm = new Swarm()));
    if (swarm.size >= this.options.peersPerSwarmMax && !swarm.has(id)) return false;
    swarm.join(id, -1, 'unknown');
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

  update(key: string, id: string, segment: number, quality: string): void {
    this.#swarms.get(key)?.update(id, segment, quality);
  }

  /** Up to `wanted` others of the same swarm that suit this peer. */
  pick(key: string, id: string, wanted: number): readonly SwarmPeer[] {
    const swarm = this.#swarms.get(key);
    const self = swarm?.peer(id);
    if (swarm === undefined || self === undefined || wanted <= 0) return [];
    const { choose, random } = this.options;
    return choose(self, swarm.candidates(self, wanted, random), wanted, random);
  }
}
