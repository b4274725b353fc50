/** Whose acknowledgements wait for its next announce. */
interface Waiting {
  /** Until when they may. */
  readonly acknowledgementsDueMs: number;
  tellOverdue(): void;
}

/** How often they are looked through. */
const lookEveryMs = 1_000;

/** All sessions with acknowledgements that wait, so that those whose time is over are told. */
export class WaitingAcknowledgements {
  readonly #waiting = new Set<Waiting>();
  #isLooking = false;

  constructor(private readonly now: () => number) {}

  add(session: Waiting): void {
    this.#waiting.add(session);
    if (!this.#isLooking) this.#lookLater();
  }

  delete(session: Waiting): void {
    this.#waiting.delete(session);
  }

  #look(): void {
    const nowMs = this.now();
    for (const session of this.#waiting) {
      if (session.acknowledgementsDueMs > nowMs) continue;
      this.#waiting.delete(session);
      session.tellOverdue();
    }
    this.#isLooking = false;
    if (this.#waiting.size > 0) this.#lookLater();
  }

  #lookLater(): void {
    this.#isLooking = true;
    // Nothing is lost by a process that ends: sockets are told before they close.
    setTimeout(() => this.#look(), lookEveryMs).unref();
  }
}
