import { metricSum, parseMetrics } from './metrics.js';
import type { ServiceProcess } from './types.js';

/** How many partitions a rollup owns in a group, by its own metrics; 0 when it doesn't say. */
export async function ownedPartitions(rollup: ServiceProcess, group: string): Promise<number> {
  const response = await fetch(`http://${rollup.admin}/metrics`, {
    signal: AbortSignal.timeout(5_000),
  }).catch(() => undefined);
  const text = (await response?.text()) ?? '';
  return metricSum(parseMetrics(text), `viblast_rollup_owned_partitions{group="${group}"}`);
}
