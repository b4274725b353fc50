import { groupLag, type LogAdmin } from '../kafka/index.js';
import { groups, topics } from '../schemas/index.js';
import type { Logger } from '../service/logs.js';
import { measureRegularly } from '../service/measure-regularly.js';
import type { PartitionWatch } from '../service/partition-watch.js';
import type { IngestMetrics } from './metrics.js';

const everyMs = 10_000;

export interface LagParts {
  readonly admin: Pick<LogAdmin, 'offsets' | 'commits'>;
  readonly owned: () => readonly number[];
  readonly metrics: IngestMetrics;
  readonly watch: PartitionWatch;
}

/**
 * Measures, every 10 s, how far the group's commits are behind the log's end. Returns what ends it.
 */
export function watchLag(parts: LagParts, logger: Logger): () => void {
  return measureRegularly('the lag', () => measureLag(parts), everyMs, logger);
}

/** One that is behind has to commit something: until it does, the watch counts. */
export async function measureLag({ admin, owned, metrics, watch }: LagParts): Promise<void> {
  const lags = await groupLag(admin, groups.ingest, topics.announces);
  metrics.lagRecords.reset();
  for (const partition of owned()) {
    const lag = lags.get(partition);
    if (lag === undefined) continue;
    metrics.lagRecords.set({ partition: String(partition) }, lag);
    const name = `${topics.announces}/${partition}`;
    if (lag <= 0) watch.wentWell(name, 'behind');
    else watch.waits(name, 'behind', `${lag} records are not in ClickHouse, and no more come`);
  }
}
