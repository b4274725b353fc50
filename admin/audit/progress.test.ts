import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeCommitMetadata, encodeIngestCommitMetadata, groups } from '../../schemas/index.js';
import {
  insertedOffsets,
  isIngestPast,
  lastMinuteThat,
  lowestExactFrom,
  readProgress,
} from './progress.js';

describe('how far ingest has got', () => {
  const reached = [
    { partition: 0, offset: 10 },
    { partition: 1, offset: 0 },
  ];

  it('is past a minute when all that was in time for it lies before its commits', () => {
    expect(isIngestPast(reached, new Map([[0, 10]]))).toBe(true);
    expect(isIngestPast(reached, new Map([[0, 9]]))).toBe(false);
  });

  it('is not past a minute that the log has not passed in every partition', () => {
    const open = [...reached, { partition: 2, offset: undefined }];
    expect(isIngestPast(open, new Map([0, 1, 2].map((partition) => [partition, 99])))).toBe(false);
    expect(isIngestPast([], new Map())).toBe(false);
  });

  it('is told by its own commits alone', () => {
    const commits = [
      { partition: 0, offset: 7, metadata: encodeIngestCommitMetadata(7) },
      { partition: 1, offset: 8, metadata: '' },
    ];
    expect(insertedOffsets(commits)).toEqual(new Map([[0, 7]]));
  });
});

describe('the lowest exactFrom', () => {
  const commit = (partition: number, exactFrom: number) => ({
    partition,
    offset: 5,
    metadata: encodeCommitMetadata({ offset: 5, exactFrom, deadLettersBefore: 0, setAside: [] }),
  });
  const ends = [0, 1].map((partition) => ({ partition, startOffset: 0, endOffset: 9 }));

  it('is that of all partitions', () => {
    expect(lowestExactFrom(ends, [commit(0, 30), commit(1, 20)])).toBe(20);
  });

  it('is unknown while a partition that holds anything has no commit', () => {
    expect(lowestExactFrom(ends, [commit(0, 30)])).toBeUndefined();
    const [first] = ends;
    const empty = [
      ...(first === undefined ? [] : [first]),
      { partition: 1, startOffset: 0, endOffset: 0 },
    ];
    expect(lowestExactFrom(empty, [commit(0, 30)])).toBe(30);
    expect(lowestExactFrom([], [])).toBeUndefined();
  });
});

describe('the last minute that ingest is past', () => {
  it('is found whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(5_000), fc.integer({ min: -1, max: 5_000 }), async (latest, last) => {
        const found = await lastMinuteThat((minute) => Promise.resolve(minute <= last), latest);
        expect(found).toBe(last < 0 ? undefined : Math.min(last, latest));
      }),
    );
  });
});

describe('progress', () => {
  it('is that of the partitions that are used, whatever the topics were given besides', async () => {
    const intervalMs = 60_000;
    const cluster = {
      intervalMs,
      lateMs: 180_000,
      graceMs: 60_000,
      partitions: 1,
      partialPartitions: 1,
    };
    const point = { offset: 5, exactFrom: 20, deadLettersBefore: 0, setAside: [] };
    const ours = encodeCommitMetadata(point);
    const admin = {
      offsets: () =>
        Promise.resolve([0, 1].map((partition) => ({ partition, startOffset: 0, endOffset: 9 }))),
      offsetsAt: () =>
        Promise.resolve([0, 1].map((partition) => ({ partition, offset: [5][partition] }))),
      commits: (group: string) => {
        const metadata = group === groups.ingest ? encodeIngestCommitMetadata(5) : ours;
        return Promise.resolve([{ partition: 0, offset: 5, metadata }]);
      },
    };
    expect(await readProgress(admin, cluster, 100 * intervalMs)).toEqual({
      ingestedTo: 95,
      exactFromOfTotals: 20,
      exactFrom: 20,
    });
  });
});
