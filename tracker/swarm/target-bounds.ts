/** How many offers may wait for one peer's answer. */
export interface TargetBounds {
  /** Offers of all to one that it neither answered nor rejected, while they count. */
  readonly openOffersPerTargetMax: number;
  /** Of these, from one address. */
  readonly openOffersPerOriginMax: number;
  /**
   * Of these, from another tracker, which has held each of its addresses to the bound of one: more
   * than that, so that no address keeps the others of its tracker from offering anything.
   */
  readonly openOffersPerTrackerMax: number;
  /** An offer that is open for longer takes nobody's place at its target. */
  readonly openOfferCountsMs: number;
}

/** Where an offer comes from. */
export interface OfferOrigin {
  /** Which of those that offer are one: an address's block, another tracker. */
  readonly origin: string;
  /** True: it is another tracker. */
  readonly isElsewhere: boolean;
}

interface Waiting extends OfferOrigin {
  readonly sinceMs: number;
}

/** True: a target has too many that wait to be offered one more from this origin. */
export function isBeset(
  waiting: Iterable<Waiting>,
  { origin, isElsewhere }: OfferOrigin,
  nowMs: number,
  limits: TargetBounds,
): boolean {
  const { openOffersPerTargetMax, openOffersPerOriginMax, openOffersPerTrackerMax } = limits;
  const ofOriginMax = isElsewhere ? openOffersPerTrackerMax : openOffersPerOriginMax;
  let count = 0;
  let ofOrigin = 0;
  for (const one of waiting) {
    if (nowMs - one.sinceMs >= limits.openOfferCountsMs) continue;
    count += 1;
    if (one.origin === origin) ofOrigin += 1;
  }
  return count >= openOffersPerTargetMax || ofOrigin >= ofOriginMax;
}
