import { groupLag, type LogAdmin } from '../kafka/index.js';
import { groups, topics } from '../schemas/index.js';
import type { Logger } from '../service/logs.js';
import { measureRegularly } from '../service/measure-regularly.js';
import type { IngestMetrics } from './metrics.js';

const everyMs = 10_000;

/**
 * Measures, every 10 s, how far the group's commits are behind the log's end. Returns what ends it.
 */
export function watchLag(
  admin: LogAdmin,
  owned: () => readonly number[],
  metrics: IngestMetrics,
  logger: Logger,
): () => void {
  return measureRegularly('the lag', () => measure(admin, owned(), metrics), everyMs, logger);
}

async function measure(
  admin: LogAdmin,
  owned: readonly number[],
  metrics: IngestMetrics,
): Promise<void> {
  const lags = await groupLag(admin, groups.ingest, topics.announces);
  metrics.lagRecords.reset();
  for (const partition of owned) {
    const lag = lags.get(partition);
    if (lag !== undefined) metrics.lagRecords.set({ partition: String(partition) }, lag);
  }
}
