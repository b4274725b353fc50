import { newestRecordsVersion, type SetCluster } from '../schemas/index.js';
import type { ClusterSettings } from './types.js';

/** The settings of a cluster as `vba-admin setup` is told them and the log carries them. */
export type ClusterChoice = Omit<SetCluster, 'expectedRevision'>;

const bounds: Readonly<Record<keyof ClusterChoice, readonly [min: number, max: number]>> = {
  partitions: [1, 1_024],
  partialPartitions: [1, 1_024],
  intervalSeconds: [1, 3_600],
  lateSeconds: [2, 86_400],
  graceSeconds: [1, 3_600],
  // Above the session time-out (10 s) a former owner that was paused has been thrown out.
  takeoverSeconds: [10, 3_600],
  replicationFactor: [1, 9],
  minInsyncReplicas: [1, 9],
  recordsVersion: [1, newestRecordsVersion],
};

/**
 * Fixed once the first record has been written: minutes and partitions would mean something else.
 */
const fixedFields = ['partitions', 'partialPartitions', 'intervalSeconds'] as const;

/** Names the first setting that breaks a rule, and the rule; undefined when all hold. */
export function clusterError(choice: ClusterChoice): string | undefined {
  for (const [field, [min, max]] of Object.entries(bounds)) {
    const value = choice[field as keyof ClusterChoice];
    if (!Number.isInteger(value) || value < min || value > max) {
      return `${field}: a whole number from ${min} to ${max}, not ${value}`;
    }
  }
  if (choice.lateSeconds <= choice.graceSeconds) {
    return `lateSeconds: must be above graceSeconds (${choice.graceSeconds}), or nothing would be in time`;
  }
  if (choice.minInsyncReplicas > choice.replicationFactor) {
    return `minInsyncReplicas: must not be above replicationFactor (${choice.replicationFactor})`;
  }
  return undefined;
}

/** Names the first setting that can't be changed any more, undefined when none is. */
export function clusterChangeError(
  present: ClusterChoice,
  wanted: ClusterChoice,
): string | undefined {
  const field = fixedFields.find((name) => present[name] !== wanted[name]);
  if (field !== undefined) return `${field}: fixed at ${present[field]} since the setup`;
  if (wanted.recordsVersion >= present.recordsVersion) return undefined;
  return `recordsVersion: version ${present.recordsVersion} stands in the log already`;
}

/** What differs, one text a setting: `partitions is 8, not 32`. */
export function clusterDifferences(present: ClusterChoice, wanted: ClusterChoice): string[] {
  return (Object.keys(bounds) as (keyof ClusterChoice)[])
    .filter((field) => present[field] !== wanted[field])
    .map((field) => `${field} is ${present[field]}, not ${wanted[field]}`);
}

export function clusterSettingsOf(choice: ClusterChoice, revision: number): ClusterSettings {
  return {
    revision,
    partitions: choice.partitions,
    partialPartitions: choice.partialPartitions,
    intervalMs: choice.intervalSeconds * 1_000,
    lateMs: choice.lateSeconds * 1_000,
    graceMs: choice.graceSeconds * 1_000,
    takeoverMs: choice.takeoverSeconds * 1_000,
    replicationFactor: choice.replicationFactor,
    minInsyncReplicas: choice.minInsyncReplicas,
    recordsVersion: choice.recordsVersion,
  };
}

export function clusterChoiceOf(settings: ClusterSettings): ClusterChoice {
  return {
    partitions: settings.partitions,
    partialPartitions: settings.partialPartitions,
    intervalSeconds: settings.intervalMs / 1_000,
    lateSeconds: settings.lateMs / 1_000,
    graceSeconds: settings.graceMs / 1_000,
    takeoverSeconds: settings.takeoverMs / 1_000,
    replicationFactor: settings.replicationFactor,
    minInsyncReplicas: settings.minInsyncReplicas,
    recordsVersion: settings.recordsVersion,
  };
}
