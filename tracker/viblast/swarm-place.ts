import { qualityOf, type PlayerState } from '../../schemas/index.js';
import type { SwarmStanding } from '../announces/cdn-reason.js';
import type { Report } from '../announces/report.js';
import type { Network } from '../swarm/network.js';
import type { OfferBook } from '../swarm/offer-book.js';
import type { SwarmPeer } from '../swarm/swarm-peer.js';
import type { PeerReport } from '../swarm/swarm.js';
import type { PeerWish, SwarmStore } from '../swarm/swarm-store.js';

/** Players in these have given up their buffers. One that is paused has not. */
const statesOver: ReadonlySet<PlayerState> = new Set(['ended', 'quit', 'fatal_error']);

/** Whether nothing comes any more of a player in this state. */
export function isOver(state: PlayerState): boolean {
  return statesOver.has(state);
}

/**
 * Who asks again within this time is told of the same peers: it can't have connected to them yet,
 * and those that it is told of have to answer it.
 */
const sameAnswerMs = 1_000;

/** A session's place in the swarm of its stream. */
export class SwarmPlace {
  #latestNumber = -1;
  #latest: PeerReport | undefined;
  #told: readonly SwarmPeer[] = [];
  #toldAtMs = -Infinity;

  constructor(
    private readonly parts: { readonly swarms: SwarmStore; readonly offers: OfferBook },
    private readonly stream: string,
    private readonly peer: string,
  ) {}

  /** Without effect where the swarm is full. */
  take(network?: Network): void {
    this.parts.swarms.join(this.stream, this.peer, network);
  }

  /**
   * Stands where the newest report says: those sent again show that the viewer lives, and don't
   * move it back. Without reports nothing is shown.
   */
  announced(reports: readonly Report[], renditions: readonly string[], nowMs: number): void {
    for (const { number, segment, quality, state, peers } of reports) {
      if (number <= this.#latestNumber) continue;
      this.#latestNumber = number;
      this.#latest = {
        segment,
        quality: qualityOf(quality, renditions),
        connections: peers,
        isOver: statesOver.has(state),
      };
    }
    if (reports.length === 0 || this.#latest === undefined) return;
    this.parts.swarms.announced(this.stream, this.peer, this.#latest, nowMs);
  }

  /** As its reports are to be understood. */
  standing(wanted: number): SwarmStanding {
    return {
      isAlone: !this.parts.swarms.hasOthers(this.stream, this.peer),
      isWithoutPeers: wanted === 0,
    };
  }

  /** Others that suit this place. */
  peers(wish: PeerWish, nowMs: number): readonly SwarmPeer[] {
    if (this.#isGoodStill(wish, nowMs)) return this.#told;
    this.#told = this.parts.swarms.pick(this.stream, this.peer, wish, nowMs);
    this.#toldAtMs = nowMs;
    return this.#told;
  }

  leave(): void {
    this.parts.swarms.leave(this.stream, this.peer);
    this.parts.offers.forget(this.peer);
  }
  /** Whether the answer before was just now, and all that is in it may be told again. */
  #isGoodStill({ wanted, known }: PeerWish, nowMs: number): boolean {
    const passedMs = nowMs - this.#toldAtMs;
    if (passedMs < 0 || passedMs >= sameAnswerMs || this.#told.length !== wanted) return false;
    return this.#told.every(
      ({ id, isSuitable, busyUntilMs }) =>
        isSuitable && busyUntilMs <= nowMs && !known.includes(id),
    );
  }
}
