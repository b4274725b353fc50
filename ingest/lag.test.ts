import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { PartitionWatch } from '../service/partition-watch.js';
import { silentLogger } from '../service/testing/silent-logger.js';
import { BatchWriter } from './batch-writer.js';
import { measureLag } from './lag.js';
import { createIngestMetrics } from './metrics.js';
import { encodedRows } from './testing/encoded-rows.js';

describe('the lag', () => {
  it('names a partition that is behind and commits nothing for a minute, until it does', async () => {
    let nowMs = 0;
    const watch = new PartitionWatch(() => nowMs);
    const metrics = createIngestMetrics(new Registry());
    const measure = (): Promise<void> =>
      measureLag({
        admin: {
          offsets: () =>
            Promise.resolve(
              [0, 1].map((partition) => ({ partition, startOffset: 0, endOffset: 9 })),
            ),
          commits: () =>
            Promise.resolve([
              { partition: 0, offset: 4, metadata: '' },
              { partition: 1, offset: 9, metadata: '' },
            ]),
        },
        owned: () => [0, 1],
        metrics,
        watch,
      });
    await measure();
    nowMs = 60_000;
    expect(watch.standing()).toMatchObject([
      { partition: 'announces/0', reason: '5 records are not in ClickHouse, and no more come' },
    ]);
    await commitOf(watch, metrics);
    expect(watch.standing()).toEqual([]);
    await measure();
    expect(watch.standing()).toEqual([]);
  });
});

/** Something of partition 0 is inserted and committed. */
async function commitOf(
  watch: PartitionWatch,
  metrics: ReturnType<typeof createIngestMetrics>,
): Promise<void> {
  const limits = { rowsMax: 1, waitMs: 1_000, bytesMax: 1_000_000 };
  const insert = (): Promise<void> => Promise.resolve();
  const never = (): void => undefined;
  const time = { now: () => 0, after: never, fail: never };
  const writer = new BatchWriter({
    insert,
    rowsOf: () => [],
    sendDeadLetter: () => Promise.resolve(),
    logger: silentLogger,
    metrics,
    watch,
    ...limits,
    ...time,
  });
  const partition = {
    topic: 'announces',
    partition: 0,
    generation: 1,
    isOwned: () => true,
    commit: () => Promise.resolve(true),
    pause: () => undefined,
    resume: () => undefined,
  };
  writer.open(partition);
  writer.start();
  writer.add(partition, encodedRows(Buffer.from('a'), 1), 5);
  await writer.stop(1_000);
}
