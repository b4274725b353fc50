import type { ClusterSettings } from '../../registry/index.js';

/** As in production, with few partitions. */
export const usualCluster: ClusterSettings = {
  revision: 1,
  partitions: 3,
  partialPartitions: 2,
  intervalMs: 60_000,
  lateMs: 180_000,
  graceMs: 60_000,
  takeoverMs: 60_000,
  replicationFactor: 3,
  minInsyncReplicas: 2,
  recordsVersion: 3,
};

/** So many minutes that all bounds on how many may wait are reached. */
export const shortMinutesCluster: ClusterSettings = {
  ...usualCluster,
  intervalMs: 10_000,
  lateMs: 60_000,
  graceMs: 20_000,
};

export const graphitePrefix = 'viblast';
/** A pause ends before `takeover_seconds` have gone, bytes on their way included. */
export const pauseMsMax = usualCluster.takeoverMs - 2_000;

/** The facet of which Graphite is told, of every stream. */
export const askedFacet = 'label.plan';
