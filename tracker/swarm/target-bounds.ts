/** How many offers may wait for one peer's answer. */
export interface TargetBounds {
  /** Offers of all to one that it neither answered nor rejected, while they count. */
  readonly openOffersPerTargetMax: number;
  /** Of these, from one origin. */
  readonly openOffersPerOriginMax: number;
  /** An offer that is open for longer takes nobody's place at its target. */
  readonly openOfferCountsMs: number;
}

interface Waiting {
  /** Which of those that offer are one: an address's block, another tracker. */
  readonly origin: string;
  readonly sinceMs: number;
}

/** True: a target has too many that wait to be offered one more from this origin. */
export function isBeset(
  waiting: Iterable<Waiting>,
  origin: string,
  nowMs: number,
  { openOffersPerTargetMax, openOffersPerOriginMax, openOfferCountsMs }: TargetBounds,
): boolean {
  let count = 0;
  let ofOrigin = 0;
  for (const one of waiting) {
    if (nowMs - one.sinceMs >= openOfferCountsMs) continue;
    count += 1;
    if (one.origin === origin) ofOrigin += 1;
  }
  return count >= openOffersPerTargetMax || ofOrigin >= openOffersPerOriginMax;
}
