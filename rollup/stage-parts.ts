import type { PartitionsProducer } from '../kafka/index.js';
import type { ClusterSettings } from '../registry/index.js';
import type { Logger, RateLimitedLog } from '../service/logs.js';
import type { PartitionWatch } from '../service/partition-watch.js';
import type { RollupMetrics } from './metrics.js';
import type { SetAside } from './set-aside.js';
import type { Setbacks } from './setbacks.js';

/** What all readers of one process share, whichever stage they are of. */
export interface StageParts {
  readonly cluster: ClusterSettings;
  readonly producer: PartitionsProducer;
  /** By which version of their schema partials are written now. */
  readonly recordsVersion: () => number;
  readonly node: string;
  readonly now: () => number;
  readonly sleep: (durationMs: number) => Promise<void>;
  readonly logger: Logger;
  readonly rateLimited: RateLimitedLog;
  readonly metrics: RollupMetrics;
  readonly setbacks: Setbacks;
  readonly setAside: SetAside;
  readonly watch: PartitionWatch;
}
