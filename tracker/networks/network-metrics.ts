import { Counter, type Registry } from 'prom-client';

/** What network databases tell for Prometheus. */
export class NetworkMetrics {
  readonly #lookupsFailed: Counter;

  constructor(registry: Registry) {
    this.#lookupsFailed = new Counter({
      name: 'viblast_tracker_network_lookups_failed_total',
      help: 'Lookups that met a broken entry of a network database: the viewer counts as unknown.',
      registers: [registry],
    });
  }

  lookupFailed(): void {
    this.#lookupsFailed.inc();
  }
}
