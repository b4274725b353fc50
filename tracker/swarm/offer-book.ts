import type { SignalKind } from '../../protocol/index.js';
import { AgeOrder } from './age-order.js';
import { isBeset, type OfferOrigin, type TargetBounds } from './target-bounds.js';

export interface OfferBookLimits extends TargetBounds {
  /** How long answers and candidates may follow an offer. */
  readonly negotiationLifetimeMs: number;
  /** Bytes that each of the two may have relayed in a negotiation. */
  readonly negotiationBytesMax: number;
  /** Offers of one peer within the lifetime. */
  readonly offersPerPeerMax: number;
  /** Of these, to the same peer. */
  readonly offersPerPairMax: number;
  /** Of these, without an answer or rejection. */
  readonly openOffersPerPairMax: number;
}

/** A signal as the book sees it. */
export interface NegotiatingSignal extends OfferOrigin {
  readonly kind: SignalKind;
  readonly from: string;
  readonly to: string;
  readonly negotiation: string;
  readonly bytes: number;
}

/** Why a signal isn't relayed. */
export type OfferBookRefusal =
  'no_offer' | 'duplicate_offer' | 'too_many_offers' | 'message_too_large';

interface Negotiation extends OfferOrigin {
  readonly key: string;
  readonly offerer: string;
  readonly target: string;
  readonly sinceMs: number;
  state: 'open' | 'answered' | 'rejected';
  offererBytes: number;
  targetBytes: number;
}

const keyOf = (offerer: string, target: string, negotiation: string): string =>
  `${offerer} ${target} ${negotiation}`;

/**
 * The negotiations that the tracker relays: each begins with an offer, has one answer or rejection,
 * and candidates both ways while it lives. An offer above a bound is refused, and never makes room
 * for itself by what somebody else has begun.
 */
export class OfferBook {
  readonly #byKey = new Map<string, Negotiation>();
  readonly #byOfferer = new Map<string, Set<Negotiation>>();
  readonly #openByTarget = new Map<string, Set<Negotiation>>();
  readonly #byAge = new AgeOrder<Negotiation>();

  constructor(private readonly limits: OfferBookLimits) {}

  /** Negotiations remembered. */
  get size(): number {
    return this.#byKey.size;
  }

  /** Takes note of a signal that may be relayed, or says why it may not. */
  admit(signal: NegotiatingSignal, nowMs: number): OfferBookRefusal | undefined {
    const { negotiationLifetimeMs, negotiationBytesMax } = this.limits;
    for (const over of this.#byAge.takeUntouched(nowMs - negotiationLifetimeMs)) this.#forget(over);
    if (signal.kind === 'offer') return this.#offer(signal, nowMs);
    const negotiation = this.#negotiationOf(signal);
    if (negotiation === undefined) return 'no_offer';
    const side = signal.from === negotiation.offerer ? 'offererBytes' : 'targetBytes';
    if (negotiation[side] + signal.bytes > negotiationBytesMax) return 'message_too_large';
    negotiation[side] += signal.bytes;
    if (signal.kind !== 'candidates') {
      negotiation.state = signal.kind === 'answer' ? 'answered' : 'rejected';
      removeFrom(this.#openByTarget, negotiation.target, negotiation);
    }
    return undefined;
  }

  /**
   * Whether a signal that was admitted says that its sender has no room: it is a rejection, and not
   * that of one of two offers where both offered at once (docs/protocol.md#when-both-offer).
   */
  saysFull({ kind, from, to }: Pick<NegotiatingSignal, 'kind' | 'from' | 'to'>): boolean {
    if (kind !== 'reject') return false;
    for (const own of this.#byOfferer.get(from) ?? []) {
      if (own.target === to && own.state === 'open') return false;
    }
    return true;
  }

  /**
   * The peer is gone: forgets what it was offered and hasn't answered, and what it offered. Of
   * that, what its target hasn't answered goes on to count there: who comes anew for each few
   * offers has no more of them.
   */
  forget(peer: string): void {
    const own = this.#byOfferer.get(peer) ?? [];
    const open = this.#openByTarget.get(peer) ?? [];
    for (const negotiation of open) this.#forget(negotiation);
    for (const negotiation of own) {
      if (negotiation.state === 'open') this.#abandon(negotiation);
      else this.#forget(negotiation);
    }
  }

  #offer(signal: NegotiatingSignal, nowMs: number) {
    const { from, to, negotiation: name, bytes, origin, isElsewhere } = signal;
    const key = keyOf(from, to, name);
    if (this.#byKey.has(key) || this.#byKey.has(keyOf(to, from, name))) return 'duplicate_offer';
    const waiting = this.#openByTarget.get(to) ?? [];
    if (this.#isFull(from, to) || isBeset(waiting, signal, nowMs, this.limits)) {
      return 'too_many_offers';
    }
    const negotiation: Negotiation = {
      key,
      offerer: from,
      target: to,
      origin,
      isElsewhere,
      sinceMs: nowMs,
      state: 'open',
      offererBytes: bytes,
      targetBytes: 0,
    };
    this.#byKey.set(key, negotiation);
    this.#byAge.touch(negotiation, nowMs);
    addTo(this.#byOfferer, from, negotiation);
    addTo(this.#openByTarget, to, negotiation);
    return undefined;
  }

  #isFull(from: string, to: string): boolean {
    const own = this.#byOfferer.get(from) ?? new Set();
    const toTarget = [...own].filter(({ target }) => target === to);
    const { limits } = this;
    return (
      own.size >= limits.offersPerPeerMax ||
      toTarget.length >= limits.offersPerPairMax ||
      toTarget.filter(({ state }) => state === 'open').length >= limits.openOffersPerPairMax
    );
  }

  /** What an answer, a rejection or candidates belong to. */
  #negotiationOf({ kind, from, to, negotiation }: NegotiatingSignal): Negotiation | undefined {
    const offered = this.#byKey.get(keyOf(to, from, negotiation));
    if (kind !== 'candidates') return offered?.state === 'open' ? offered : undefined;
    const both = [offered, this.#byKey.get(keyOf(from, to, negotiation))];
    return both.find((one) => one !== undefined && one.state !== 'rejected');
  }

  /** Nobody answers it any more. */
  #abandon(negotiation: Negotiation): void {
    this.#byKey.delete(negotiation.key);
    removeFrom(this.#byOfferer, negotiation.offerer, negotiation);
  }

  #forget(negotiation: Negotiation): void {
    // The name may be of another one by now, if this one was abandoned.
    if (this.#byKey.get(negotiation.key) === negotiation) this.#byKey.delete(negotiation.key);
    this.#byAge.delete(negotiation);
    removeFrom(this.#byOfferer, negotiation.offerer, negotiation);
    removeFrom(this.#openByTarget, negotiation.target, negotiation);
  }
}

type Index = Map<string, Set<Negotiation>>;

function addTo(index: Index, peer: string, negotiation: Negotiation): void {
  const known = index.get(peer);
  if (known === undefined) index.set(peer, new Set([negotiation]));
  else known.add(negotiation);
}

function removeFrom(index: Index, peer: string, negotiation: Negotiation): void {
  const known = index.get(peer);
  known?.delete(negotiation);
  if (known?.size === 0) index.delete(peer);
}
