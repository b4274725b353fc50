import { Gauge, type Registry } from 'prom-client';

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

/** Shows each reason as a series, by its check; there is none when ready. */
export function showHealth(health: Health, registry: Registry): void {
  new Gauge({
    name: 'viblast_not_ready',
    help: 'What keeps the service from being ready, by check: 1 each, as /readyz says it in words.',
    labelNames: ['check'],
    registers: [registry],
    collect() {
      this.reset();
      for (const check of Object.keys(health.reasons())) this.set({ check }, 1);
    },
  });
}
