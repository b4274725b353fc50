/**
 * Whether a service can do its job now. Each part gives a check that returns the reason why
 * it can't, or undefined when it can.
 */
export class Health {
  readonly #checks = new Map<string, () => string | undefined>();

  addCheck(name: string, reason: () => string | undefined): void {
    this.#checks.set(name, reason);
  }

  /** Names of all checks. */
  checks(): Iterable<string> {
    return this.#checks.keys();
  }

  /** The reasons for not being ready, by check; empty when ready. */
  reasons(): Record<string, string> {
    const reasons: Record<string, string> = {};
    for (const [name, check] of this.#checks) {
      const reason = check();
      if (reason !== undefined) reasons[name] = reason;
    }
    return reasons;
  }
}
