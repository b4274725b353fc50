import { Gauge, type Registry } from 'prom-client';
import type { Health } from './health.js';

/** What /readyz says, as a metric: each check, and whether it has a reason against this service. */
export function tellHealth(registry: Registry, health: Health): void {
  new Gauge({
    name: 'viblast_problem',
    help: 'By check of /readyz, which has the reason: 1 while there is one for not being ready, else 0.',
    labelNames: ['check'] as const,
    registers: [registry],
    collect() {
      const reasons = health.reasons();
      for (const check of health.checks()) this.set({ check }, check in reasons ? 1 : 0);
    },
  });
}
