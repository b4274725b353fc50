import { protocolLimits, type AnnounceMessage, type ServerMessage } from '../../protocol/index.js';
import { qualityOf, renditionName } from '../../schemas/index.js';
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
  moveTo(announces: AnnounceMessage['announces'], renditions: readonly string[]): void {
    for (const { number, segment, quality } of announces) {
      if (number <= this.#latestNumber) continue;
      this.#latestNumber = number;
      const rendition = qualityOf(quality, renditions);
      this.parts.swarms.update(this.stream, this.peer, segment ?? -1, rendition);
    }
  }

  /** Others that suit this place, as many as are wanted within the protocol's bound. */
  peers(wanted: number = protocolLimits.peersWantedDefault): Peers {
    return this.parts.swarms
      .pick(this.stream, this.peer, Math.min(wanted, protocolLimits.peersMax))
      .map(({ id, segment, quality }) => ({ peer: id, segment, quality: renditionName(quality) }));
  }

  leave(): void {
    this.parts.swarms.leave(this.stream, this.peer);
    this.parts.offers.forget(this.peer);
  }
}
