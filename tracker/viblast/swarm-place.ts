import type { ServerMessage } from '../../protocol/index.js';
import { qualityOf, renditionName, type PlayerState } from '../../schemas/index.js';
import type { Report } from '../announces/report.js';
import type { OfferBook } from '../swarm/offer-book.js';
import type { PeerReport } from '../swarm/swarm.js';
import type { PeerWish, SwarmStore } from '../swarm/swarm-store.js';

type Peers = Extract<ServerMessage, { type: 'peers' }>['peers'];

/** Players in these have given up their buffers. One that is paused has not. */
const statesOver: ReadonlySet<PlayerState> = new Set(['ended', 'quit', 'fatal_error']);

/** Whether nothing comes any more of a player in this state. */
export function isOver(state: PlayerState): boolean {
  return statesOver.has(state);
}

/** A session's place in the swarm of its stream. */
export class SwarmPlace {
  #latestNumber = -1;
  #latest: PeerReport | undefined;

  constructor(
    private readonly parts: { readonly swarms: SwarmStore; readonly offers: OfferBook },
    private readonly stream: string,
    private readonly peer: string,
  ) {}

  /** Without effect where the swarm is full. */
  take(): void {
    this.parts.swarms.join(this.stream, this.peer);
  }

  /**
   * Stands where the newest report says: those sent again show that the viewer lives, and don't
   * move it back. Without reports nothing is shown.
   */
  announced(reports: readonly Report[], renditions: readonly string[], nowMs: number): void {
    for (const { number, segment, quality, state } of reports) {
      if (number <= this.#latestNumber) continue;
      this.#latestNumber = number;
      const isOver = statesOver.has(state);
      this.#latest = { segment, quality: qualityOf(quality, renditions), isOver };
    }
    if (reports.length === 0 || this.#latest === undefined) return;
    this.parts.swarms.announced(this.stream, this.peer, this.#latest, nowMs);
  }

  /** Others that suit this place. */
  peers(wish: PeerWish, nowMs: number): Peers {
    return this.parts.swarms
      .pick(this.stream, this.peer, wish, nowMs)
      .map(({ id, segment, quality }) => ({ peer: id, segment, quality: renditionName(quality) }));
  }

  leave(): void {
    this.parts.swarms.leave(this.stream, this.peer);
    this.parts.offers.forget(this.peer);
  }
}
