/**
 * The portal's time, as the Date headers of its answers tell it (RFC 9110, 6.6.1): a browser's
 * clock may be wrong by hours, and what is called now is a minute of the portal's.
 */
export class PortalClock {
  /** How far the portal's clock is ahead of the browser's; 0: no answer has told otherwise. */
  #aheadMs = 0;

  constructor(private readonly browserNowMs: () => number) {}

  /** Unix ms. */
  nowMs(): number {
    return this.browserNowMs() + this.#aheadMs;
  }

  /**
   * Hears an answer's Date and when it was asked for, in the browser's time. A Date is of whole
   * seconds, and of some time till the answer came: what agrees with both stays as it is.
   */
  heard(date: string | null, askedAtMs: number): void {
    const fromMs = date === null ? Number.NaN : Date.parse(date);
    const heardAtMs = this.browserNowMs();
    // Not where the browser's clock was set back meanwhile.
    if (Number.isNaN(fromMs) || heardAtMs < askedAtMs) return;
    const aheadMsMax = fromMs + secondMs - askedAtMs;
    this.#aheadMs = Math.min(aheadMsMax, Math.max(fromMs - heardAtMs, this.#aheadMs));
  }
}

const secondMs = 1_000;

export const portalClock = new PortalClock(() => Date.now());
