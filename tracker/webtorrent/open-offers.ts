/** An offer on its way, of `Offerer`; to two sockets where the same peer_id stands on both. */
export interface OpenOffer<Offerer> {
  readonly from: Offerer;
  /** Which of those that offer are one: an address's block, another tracker. */
  readonly origin: string;
  readonly peerId: string;
  readonly offerId: string;
  readonly sinceMs: number;
  isAnswered: boolean;
}

export interface OpenOffersLimits {
  /** How long an answer may follow. */
  readonly offerLifetimeMs: number;
  /** Of all, to one that has not answered them, while they count. */
  readonly openOffersPerTargetMax: number;
  /** Of these, from one origin. */
  readonly openOffersPerOriginMax: number;
  /** An offer that is open for longer takes nobody's place. */
  readonly openOfferCountsMs: number;
  /** Of these, from one socket. */
  readonly openOffersPerPairMax: number;
}

/**
 * The offers that were relayed to one member of a swarm and that it has not answered: an answer
 * that belongs to none of them goes nowhere. Pure: the clock is passed in.
 */
export class OpenOffers<Offerer> {
  /** Oldest first. */
  readonly #open = new Map<string, OpenOffer<Offerer>>();

  constructor(private readonly limits: OpenOffersLimits) {}

  /** False, and nothing done, where too many wait for an answer, or one of this name. */
  add(offer: OpenOffer<Offerer>, isSameSocket: (other: Offerer) => boolean): boolean {
    this.#forgetOld(offer.sinceMs);
    const key = keyOf(offer.peerId, offer.offerId);
    if (this.#open.has(key) || this.#isBeset(offer)) return false;
    let ofPair = 0;
    for (const { from } of this.#open.values()) if (isSameSocket(from)) ofPair += 1;
    if (ofPair >= this.limits.openOffersPerPairMax) return false;
    this.#open.set(key, offer);
    return true;
  }

  /** The offer that an answer belongs to, once; undefined where there is none (any more). */
  answer(toPeerId: string, offerId: string, nowMs: number): OpenOffer<Offerer> | undefined {
    this.#forgetOld(nowMs);
    const key = keyOf(toPeerId, offerId);
    const offer = this.#open.get(key);
    this.#open.delete(key);
    if (offer === undefined || offer.isAnswered) return undefined;
    offer.isAnswered = true;
    return offer;
  }

  #isBeset({ origin, sinceMs: nowMs }: OpenOffer<Offerer>): boolean {
    const { openOffersPerTargetMax, openOffersPerOriginMax, openOfferCountsMs } = this.limits;
    let count = 0;
    let ofOrigin = 0;
    for (const open of this.#open.values()) {
      if (nowMs - open.sinceMs >= openOfferCountsMs) continue;
      count += 1;
      if (open.origin === origin) ofOrigin += 1;
    }
    return count >= openOffersPerTargetMax || ofOrigin >= openOffersPerOriginMax;
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { sinceMs, isAnswered }] of this.#open) {
      if (!isAnswered && nowMs - sinceMs <= this.limits.offerLifetimeMs) break;
      this.#open.delete(key);
    }
  }
}

/** A peer_id has 20 characters, so the two can't be mixed up. */
function keyOf(peerId: string, offerId: string): string {
  return peerId + offerId;
}
