import type { Gauge } from 'prom-client';
import { standingText, type PartitionWatch } from './partition-watch.js';
import type { ServiceContext } from './run-service.js';

const everyMs = 1_000;

/**
 * Tells the watch which partitions that are owned can't be read yet. `read`: the group or the
 * topic, as in their names.
 */
export function watchOpening(
  watch: PartitionWatch,
  read: string,
): (partition: number, reason: string | undefined) => void {
  return (partition, reason) => {
    const name = `${read}/${partition}`;
    if (reason === undefined) watch.wentWell(name, 'opening');
    else watch.waits(name, 'opening', reason);
  };
}

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
