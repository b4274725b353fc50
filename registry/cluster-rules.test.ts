import { describe, expect, it } from '@jest/globals';
import { clusterChoice } from './testing/examples.js';
import {
  clusterChoiceOf,
  clusterDifferences,
  clusterError,
  clusterSettingsOf,
  type ClusterChoice,
} from './cluster-rules.js';

describe('cluster rules', () => {
  it('take the settings of a local stack and of production', () => {
    expect(clusterError(clusterChoice)).toBeUndefined();
    expect(
      clusterError({
        ...clusterChoice,
        partitions: 32,
        partialPartitions: 16,
        replicationFactor: 3,
        minInsyncReplicas: 2,
      }),
    ).toBeUndefined();
  });

  it.each(Object.keys(clusterChoice) as (keyof ClusterChoice)[])(
    'refuse a %s that is no whole number in its bounds',
    (field) => {
      for (const value of [0, -1, 1.5, Number.NaN, 1e9]) {
        expect(clusterError({ ...clusterChoice, [field]: value })).toMatch(`${field}: `);
      }
    },
  );

  it('refuse a late that leaves nothing in time, and more replicas in sync than there are', () => {
    expect(clusterError({ ...clusterChoice, lateSeconds: 60 })).toMatch(/^lateSeconds: /);
    expect(clusterError({ ...clusterChoice, minInsyncReplicas: 2 })).toMatch(
      /^minInsyncReplicas: /,
    );
  });

  it('give settings in milliseconds, and the choice back', () => {
    const settings = clusterSettingsOf(clusterChoice, 3);
    expect(settings).toMatchObject({ revision: 3, intervalMs: 60_000, lateMs: 180_000 });
    expect(clusterChoiceOf(settings)).toEqual(clusterChoice);
  });

  it('name each setting that differs with both values', () => {
    expect(clusterDifferences(clusterChoice, clusterChoice)).toEqual([]);
    expect(
      clusterDifferences(clusterChoice, { ...clusterChoice, partitions: 32, lateSeconds: 20 }),
    ).toEqual(['partitions is 8, not 32', 'lateSeconds is 180, not 20']);
  });
});
