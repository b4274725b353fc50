export type SignalKind = 'offer' | 'answer' | 'candidate';

interface Offer {
  readonly untilMs: number;
  isAnswered: boolean;
}

export interface OfferBookOptions {
  readonly offersPerPeerMax: number;
  readonly offerLifetimeMs: number;
}

/**
 * Which offers were relayed, so that answers and candidates flow only between two who began to
 * talk: an answer matches one offer, candidates go both ways while it lives. A peer's oldest
 * offers are forgotten first.
 */
export class OfferBook {
  readonly #offers = new Map<string, Map<string, Offer>>();

  constructor(private readonly options: OfferBookOptions) {}

  /** Whether this signal may be relayed; takes note of it if so. */
  admit(kind: SignalKind, from: string, to: string, nowMs: number): boolean {
    switch (kind) {
      case 'offer':
        this.#remember(from, to, nowMs);
        return true;
      case 'answer': {
        const offer = this.#living(to, from, nowMs);
        if (offer === undefined || offer.isAnswered) return false;
        offer.isAnswered = true;
        return true;
      }
      case 'candidate':
        return (
          this.#living(from, to, nowMs) !== undefined || this.#living(to, from, nowMs) !== undefined
        );
    }
  }

  /** Forgets the offers that this peer made. */
  forget(peer: string): void {
    this.#offers.delete(peer);
  }

  /** Offers remembered. */
  get size(): number {
    let size = 0;
    for (const offers of this.#offers.values()) size += offers.size;
    return size;
  }

  #remember(from: string, to: string, nowMs: number): void {
    let offers = this.#offers.get(from);
    if (offers === undefined) this.#offers.set(from, (offers = new Map<string, Offer>()));
    offers.delete(to);
    const oldest = offers.keys().next();
    if (offers.size >= this.options.offersPerPeerMax && oldest.done !== true) {
      offers.delete(oldest.value);
    }
    offers.set(to, { untilMs: nowMs + this.options.offerLifetimeMs, isAnswered: false });
  }

  #living(from: string, to: string, nowMs: number): Offer | undefined {
    const offer = this.#offers.get(from)?.get(to);
    return offer !== undefined && nowMs <= offer.untilMs ? offer : undefined;
  }
}
