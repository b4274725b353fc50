import type { ServerMessage } from '../../protocol/index.js';
import { qualityOf } from '../../schemas/index.js';
import type { Report } from '../announces/report.js';
import type { OfferBook } from '../swarm/offer-book.js';
import type { SwarmStore } from '../swarm/swarm-store.js';

type Peers = Extract<ServerMessage, { type: 'peers' }>['peers'];

/** A session's place in the swarm of its stream. */
export class SwarmPlace {
  #latestNumber = -1;

  constructor(
    private readonly parts: { readonly swarms: SwarmStore; readonly offers: OfferBook },
    private readonly stream: string,
    private readonly peer: string,
  ) {}

  /** Without effect where the swarm is full. */
  take(): void {
    this.parts.swarms.join(this.stream, this.peer);
  }

  /** Moves to where the newest announce plays: those sent again don't move the viewer back. */
  moveTo(reports: readonly Report[], renditions: readonly string[]): void {
    for (const { number, segment, quality } of reports) {
      if (number <= this.#latestNumber) continue;
      this.#latestNumber = number;
      const rendition = qualityOf(quality, renditions);
      this.parts.swarms.update(this.stream, this.peer, segment, rendition);
    }
  }

  /** Others that suit this place, as many as are wanted. */
  peers(wanted: number): Peers {
    return this.parts.swarms
      .pick(this.stream, this.peer, wanted)
      .map(({ id, segment, quality }) => ({ peer: id, segment, quality }));
  }

  leave(): void {
    this.parts.swarms.leave(this.stream, this.peer);
    this.parts.offers.forget(this.peer);
  }
}
