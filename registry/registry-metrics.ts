import { Gauge, type Registry as Metrics } from 'prom-client';
import type { Registry } from './registry.js';

/** How this process follows the registry's log, as metrics. */
export function tellRegistry(
  metrics: Metrics,
  registry: Pick<Registry, 'lastAnswerAtMs' | 'brokenRecords'>,
  now: () => number,
): void {
  const registers = [metrics];
  new Gauge({
    name: 'viblast_registry_silent_seconds',
    help: "Seconds since a broker last answered this process's reading of the registry; changes of streams don't arrive meanwhile.",
    registers,
    collect() {
      this.set(Math.max(0, now() - registry.lastAnswerAtMs) / 1_000);
    },
  });
  new Gauge({
    name: 'viblast_registry_broken_records',
    help: 'Records of the registry that this process could not read, and passed over; the log has the offset of each.',
    registers,
    collect() {
      this.set(registry.brokenRecords);
    },
  });
}
