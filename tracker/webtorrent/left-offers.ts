import type { OpenOffers } from './open-offers.js';

/** What is under way of one peer_id in one swarm. */
export interface UnderWay<Member, Remote> {
  /** Offers that it was sent. */
  readonly offers: OpenOffers<Member | Remote>;
  /** Those that it made to peers of other trackers. */
  readonly sent: OpenOffers<Remote>;
}

export interface LeftOffersLimits {
  /** How long an answer may follow. */
  readonly offerLifetimeMs: number;
  /** Peers that left and are remembered. */
  readonly leftPeersMax: number;
}

/**
 * What was under way of peers that are on no socket any more, for the next member of their name:
 * a client whose socket was lost comes back within seconds, and goes on where it was. Pure: the
 * clock is passed in.
 */
export class LeftOffers<Member, Remote> {
  /** Those that left longest ago first. */
  readonly #left = new Map<string, { readonly of: UnderWay<Member, Remote>; leftAtMs: number }>();

  constructor(private readonly limits: LeftOffersLimits) {}

  /** Those that left longest ago make room. */
  keep(name: string, of: UnderWay<Member, Remote>, nowMs: number): void {
    if (!of.offers.isAnyOpen(nowMs) && !of.sent.isAnyOpen(nowMs)) return;
    this.#left.delete(name);
    this.#left.set(name, { of, leftAtMs: nowMs });
    for (const [oldest, { leftAtMs }] of this.#left) {
      const isOver = nowMs - leftAtMs > this.limits.offerLifetimeMs;
      if (!isOver && this.#left.size <= this.limits.leftPeersMax) break;
      this.#left.delete(oldest);
    }
  }

  /** It is back, or somebody else is who says so. */
  take(name: string): UnderWay<Member, Remote> | undefined {
    const left = this.#left.get(name);
    this.#left.delete(name);
    return left?.of;
  }
}
