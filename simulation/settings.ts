import type { ClusterSettings } from '../registry/index.js';

/** As in production, with few partitions. */
export const cluster: ClusterSettings = {
  revision: 1,
  partitions: 3,
  partialPartitions: 2,
  intervalMs: 60_000,
  lateMs: 180_000,
  graceMs: 60_000,
  takeoverMs: 60_000,
  replicationFactor: 3,
  minInsyncReplicas: 2,
};

export const sessionTimeoutMs = 10_000;
export const graphitePrefix = 'viblast';
/** A pause ends before `takeover_seconds` have gone, bytes on their way included. */
export const pauseMsMax = cluster.takeoverMs - 2_000;
