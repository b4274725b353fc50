import { seededRandom } from '../../../service/random.js';
import type { SwarmExchange } from '../../../tracker/neighbours/swarm-exchange.js';
import { nowhere } from '../../../tracker/swarm/network.js';
import { nearAndRandom, type PeerChoice } from '../../../tracker/swarm/peer-choice.js';
import { SwarmStore } from '../../../tracker/swarm/swarm-store.js';
import type { Introducer } from './introducer.js';
import { announceSteps, stepMs } from './scenario.js';
import type { Viewer } from './viewer.js';

/** As the tracker's default. */
const peersPerSwarmMax = 50_000;
/** As the tracker: three announce intervals. */
const unheardMsMax = 3 * announceSteps * stepMs;

/** A tracker's own swarms, with the choice that the tracker makes, or another one. */
export class ProductionTracker implements Introducer {
  readonly #swarms: SwarmStore;

  constructor(seed: number, choose: PeerChoice = nearAndRandom, elsewhere?: SwarmExchange) {
    const random = seededRandom(seed);
    const options = { choose, random, peersPerSwarmMax, unheardMsMax };
    this.#swarms = new SwarmStore(elsewhere === undefined ? options : { ...options, elsewhere });
    elsewhere?.serve(this.#swarms);
  }

  join({ stream, id, network }: Viewer): void {
    this.#swarms.join(stream, id, { ...nowhere, system: network + 1 });
  }

  leave({ stream, id }: Viewer): void {
    this.#swarms.leave(stream, id);
  }

  step(): void {
    // Its time passes with the announces.
  }

  announce(viewer: Viewer, nowMs: number): readonly string[] {
    const { stream, id, segment, quality, connections, peersWanted } = viewer;
    this.#swarms.announced(
      stream,
      id,
      { segment, quality, connections: connections.length, isOver: false },
      nowMs,
    );
    const known = connections.map((peer) => peer.id);
    const wish = { wanted: peersWanted, known };
    return this.#swarms.pick(stream, id, wish, nowMs).map((peer) => peer.id);
  }

  rejected({ stream, id }: Viewer, _offerer: Viewer, nowMs: number): void {
    this.#swarms.rejected(stream, id, nowMs);
  }
}
