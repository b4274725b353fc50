import type { LogAdmin } from '../kafka/index.js';
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
  const [ends, commits] = await Promise.all([
    admin.offsets(topics.announces),
    admin.commits(groups.ingest, topics.announces),
  ]);
  const committed = new Map(commits.map(({ partition, offset }) => [partition, offset]));
  const partitions = new Set(owned);
  metrics.lagRecords.reset();
  for (const { partition, startOffset, endOffset } of ends) {
    if (!partitions.has(partition)) continue;
    const from = Math.max(committed.get(partition) ?? 0, startOffset);
    metrics.lagRecords.set({ partition: String(partition) }, endOffset - from);
  }
}
