import { metricSum, type Series } from '../stack/index.js';
import type { Attack } from './attack.js';

const trackerPrefix = 'viblast_tracker_';

/** What one of the metrics that name attacks stands at, in series of trackers. */
export function namingValue(trackers: Series, metric: string): number {
  return metricSum(trackers, `${trackerPrefix}${metric}`);
}

/** The metrics of an attack that have not moved. */
export function silentMetrics(trackers: Series, { namedBy }: Attack): readonly string[] {
  return namedBy.filter((metric) => namingValue(trackers, metric) === 0);
}
