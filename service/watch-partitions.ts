import type { Gauge } from 'prom-client';
import { standingText, type PartitionWatch } from './partition-watch.js';
import type { ServiceContext } from './run-service.js';

const everyMs = 1_000;

/** The health and a metric tell which of the partitions that are owned stand still. */
export function watchPartitions(
  { health, onStop }: Pick<ServiceContext<unknown>, 'health' | 'onStop'>,
  watch: PartitionWatch,
  owned: () => readonly string[],
  standing: Gauge,
): void {
  const watching = setInterval(() => {
    watch.keep(owned());
    standing.set(watch.standing().length);
  }, everyMs);
  onStop('watch', () => clearInterval(watching));
  health.addCheck('partitions', () => standingText(watch.standing()));
}
