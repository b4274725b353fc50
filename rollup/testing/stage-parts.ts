import { Registry } from 'prom-client';
import { appendingBy, type OwnedPartition, type StartPosition } from '../../kafka/index.js';
import type { ClusterSettings } from '../../registry/index.js';
import { RateLimitedLog } from '../../service/logs.js';
import { PartitionWatch } from '../../service/partition-watch.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { createRollupMetrics } from '../metrics.js';
import type { SetAside } from '../set-aside.js';
import { Setbacks } from '../setbacks.js';
import type { StageParts } from '../stage-parts.js';
import type { SinkProgressOptions } from '../totals/sink-progress.js';
import { testTimes } from './announces.js';

/** One input partition, 5 s minutes. */
export const testCluster: ClusterSettings = {
  ...testTimes,
  revision: 1,
  partitions: 1,
  partialPartitions: 2,
  takeoverMs: 15_000,
  replicationFactor: 1,
  minInsyncReplicas: 1,
  recordsVersion: 3,
};

/** The beginning of a whole log that has records up to `endOffset`. */
export function wholeLog(endOffset: number): StartPosition {
  return { kind: 'beginning', offset: 0, reason: 'no_commit', endOffset };
}

/** A partition 0 that takes every commit; `changes` says what is other than that. */
export function testPartition(
  topic: string,
  changes: Partial<OwnedPartition> = {},
): OwnedPartition {
  return {
    topic,
    partition: 0,
    generation: 1,
    isOwned: () => true,
    commit: () => Promise.resolve(true),
    pause: () => undefined,
    resume: () => undefined,
    ...changes,
  };
}

/** Nothing is set aside: what would be fails the test. */
export const nothingSetAside: SetAside = ({ where, stream, error }) => {
  throw new Error(`${where} sets ${stream} aside`, { cause: error });
};

/** A partition without the figures over all streams. */
export const usualProgress: SinkProgressOptions = {
  partition: 7,
  hasAllStreams: false,
  setbacks: new Setbacks(),
  setAside: nothingSetAside,
};

/** A Kafka that takes everything. */
export const takingProducer = appendingBy((_topic, partition) =>
  Promise.resolve({ partition, baseOffset: 1_000, logAppendTimeMs: 0 }),
);

/** What readers share, with a clock that stands at 0; `changes` says what is other than that. */
export function testParts(changes: Partial<StageParts> = {}): StageParts {
  return {
    cluster: testCluster,
    producer: takingProducer,
    recordsVersion: () => 3,
    node: 'rollup',
    now: () => 0,
    sleep: () => Promise.resolve(),
    logger: silentLogger,
    rateLimited: new RateLimitedLog(() => 0),
    metrics: createRollupMetrics(new Registry()),
    setbacks: new Setbacks(),
    setAside: nothingSetAside,
    watch: new PartitionWatch(() => 0),
    ...changes,
  };
}
