interface OwnOffer {
  readonly negotiation: string;
  readonly atMs: number;
}

/**
 * A viewer's side of its negotiations, without WebRTC: what it has offered to whom, and who yields
 * where two offer to each other at once. The rule needs nothing but the two ids, so both come to
 * the same (docs/protocol.md#when-both-offer). Made anew with each `welcome`: ids change with it.
 */
export class Negotiations {
  readonly #offers = new Map<string, OwnOffer>();

  /** `newNegotiation` gives names that no other negotiation of a pair has. */
  constructor(
    private readonly own: string,
    private readonly newNegotiation: () => string,
    private readonly lifetimeMs: number,
  ) {}

  /** The negotiation to offer this peer; undefined while an offer to it waits for its answer. */
  offer(peer: string, nowMs: number): string | undefined {
    if (this.#waits(peer, nowMs)) return undefined;
    const negotiation = this.newNegotiation();
    this.#offers.set(peer, { negotiation, atMs: nowMs });
    return negotiation;
  }

  /**
   * An offer came. False: the own one stands, so this one is to be rejected. True: it may be
   * answered; an own one that waited is dropped by that.
   */
  offered(peer: string, nowMs: number): boolean {
    if (!this.#waits(peer, nowMs)) return true;
    if (this.own < peer) return false;
    this.#offers.delete(peer);
    return true;
  }

  /** An answer came. True: it belongs to the offer that stands, which is done with it. */
  answered(peer: string, negotiation: string): boolean {
    return this.#settle(peer, negotiation);
  }

  /** The offer was rejected by the peer, or refused by the tracker. */
  failed(peer: string, negotiation: string): void {
    this.#settle(peer, negotiation);
  }

  #waits(peer: string, nowMs: number): boolean {
    const own = this.#offers.get(peer);
    return own !== undefined && nowMs - own.atMs <= this.lifetimeMs;
  }

  #settle(peer: string, negotiation: string): boolean {
    if (this.#offers.get(peer)?.negotiation !== negotiation) return false;
    return this.#offers.delete(peer);
  }
}
