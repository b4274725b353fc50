import { hasPassed } from '../../service/has-passed.js';
import { isBeset, type OfferOrigin, type TargetBounds } from '../swarm/target-bounds.js';

/** An offer on its way, of `Offerer`. */
export interface OpenOffer<Offerer> extends OfferOrigin {
  readonly from: Offerer;
  readonly peerId: string;
  readonly offerId: string;
  readonly sinceMs: number;
}

export interface OpenOffersLimits extends TargetBounds {
  /** How long an answer may follow. */
  readonly offerLifetimeMs: number;
  /** Of those that wait, from one socket. */
  readonly openOffersPerPairMax: number;
}

/**
 * The offers that were relayed to one peer_id of a swarm and that it has not answered: an answer
 * that belongs to none of them goes nowhere. Pure: the clock is passed in.
 */
export class OpenOffers<Offerer> {
  /** Oldest first. */
  readonly #open = new Map<string, OpenOffer<Offerer>>();

  constructor(private readonly limits: OpenOffersLimits) {}

  /** Whether an answer may still follow to one of them. */
  isAnyOpen(nowMs: number): boolean {
    this.#forgetOld(nowMs);
    return this.#open.size > 0;
  }

  /** False, and nothing done, where too many wait for an answer, or one of this name. */
  add(offer: OpenOffer<Offerer>, isSameSocket: (other: Offerer) => boolean): boolean {
    this.#forgetOld(offer.sinceMs);
    const key = keyOf(offer.peerId, offer.offerId);
    const waiting = this.#open.values();
    if (this.#open.has(key) || isBeset(waiting, offer, offer.sinceMs, this.limits)) return false;
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
    return offer;
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { sinceMs }] of this.#open) {
      if (!hasPassed(this.limits.offerLifetimeMs, sinceMs, nowMs)) break;
      this.#open.delete(key);
    }
  }
}

/** A peer_id has 20 characters, so the two can't be mixed up. */
function keyOf(peerId: string, offerId: string): string {
  return peerId + offerId;
}
