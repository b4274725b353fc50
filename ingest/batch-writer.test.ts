import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { OwnedPartition } from '../kafka/index.js';
import { AppError } from '../service/errors.js';
import { PartitionWatch } from '../service/partition-watch.js';
import { patch } from '../service/testing/patch.js';
import { silentLogger } from '../service/testing/silent-logger.js';
import { BatchWriter, type BatchWriterOptions } from './batch-writer.js';
import { createIngestMetrics } from './metrics.js';
import { PendingRows } from './pending-rows.js';
import { encodedRecords, encodedRows } from './testing/encoded-rows.js';

class FakePartition implements OwnedPartition {
  readonly topic = 'announces';
  readonly generation = 1;
  readonly commits: number[] = [];
  isPaused = false;
  isAssigned = true;
  failCommits = 0;

  constructor(readonly partition: number) {}

  isOwned(): boolean {
    return this.isAssigned;
  }

  commit(offset: number): Promise<boolean> {
    if (this.failCommits > 0) {
      this.failCommits -= 1;
      return Promise.reject(new AppError('kafka_unavailable', 'away', { retryable: true }));
    }
    if (this.isAssigned) this.commits.push(offset);
    return Promise.resolve(this.isAssigned);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }
}

function writerWith(options: Partial<BatchWriterOptions>): BatchWriter {
  return new BatchWriter({
    insert: () => Promise.resolve(),
    rowsOf: () => [],
    sendDeadLetter: () => Promise.resolve(),
    logger: silentLogger,
    metrics: createIngestMetrics(new Registry()),
    watch: new PartitionWatch(Date.now),
    rowsMax: 10,
    waitMs: 60_000,
    bytesMax: 1_000_000,
    now: Date.now,
    after: (delayMs, run) => void setTimeout(run, delayMs).unref(),
    fail: (error) => {
      throw error;
    },
    ...options,
  });
}

async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 4_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`not in time: ${String(condition)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const unavailable = new AppError('clickhouse_unavailable', 'refused', { retryable: true });

describe('the batch writer', () => {
  it('sets aside what ClickHouse refuses for what is in it, and goes on with the rest', async () => {
    const inserted: string[] = [];
    const metrics = createIngestMetrics(new Registry());
    const writer = writerWith({
      metrics,
      rowsMax: 3,
      insert: (rows) => {
        if (rows.some((part) => part.includes('bad'))) {
          return Promise.reject(new AppError('clickhouse_refused_rows', 'a bad row'));
        }
        inserted.push(...rows.map(String));
        return Promise.resolve();
      },
    });
    const partition = new FakePartition(0);
    writer.open(partition);
    writer.start();
    for (const [index, rows] of ['one', 'bad', 'two'].entries()) {
      writer.add(partition, encodedRows(Buffer.from(rows), 1), index + 1);
    }
    await until(() => partition.commits.includes(3));
    await writer.stop(1_000);
    expect([...new Set(inserted)]).toEqual(['one', 'two']);
    expect((await metrics.setAsideBytes.get()).values).toMatchObject([{ value: 3 }]);
  });

  it('sets aside the records alone that are refused, each with a dead letter before the commit', async () => {
    const inserted: string[] = [];
    const letters: (readonly [offset: number, detail: string, commits: number])[] = [];
    const partition = new FakePartition(0);
    const writer = writerWith({
      rowsMax: 3,
      insert: (rows) => {
        if (rows.some((part) => part.includes('bad'))) {
          return Promise.reject(new AppError('clickhouse_refused_rows', 'no such day'));
        }
        inserted.push(...rows.map(String));
        return Promise.resolve();
      },
      sendDeadLetter: ({ offset }, detail) => {
        letters.push([offset, detail, partition.commits.length]);
        return Promise.resolve();
      },
    });
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRecords(['one', 'bad', 'two']), 3);
    await until(() => partition.commits.includes(3));
    await writer.stop(1_000);
    expect(new Set(inserted)).toEqual(new Set(['one', 'two']));
    expect(letters).toEqual([[1, 'ClickHouse refuses its rows: no such day', 0]]);
  });

  it('stops without a commit while a dead letter is not taken', async () => {
    const partition = new FakePartition(0);
    let isAsked = false;
    const writer = writerWith({
      rowsMax: 2,
      insert: (rows) =>
        rows.some((part) => part.includes('bad'))
          ? Promise.reject(new AppError('clickhouse_refused_rows', 'a bad row'))
          : Promise.resolve(),
      sendDeadLetter: async (_record, _detail, isWanted) => {
        isAsked = true;
        while (isWanted()) await new Promise((resolve) => setImmediate(resolve));
      },
    });
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRecords(['one', 'bad']), 2);
    await until(() => isAsked);
    await writer.stop(20);
    expect(partition.commits).toEqual([]);
  });

  it('sets nothing aside when the table is right again before it is held against what it took', async () => {
    let refusals = 0;
    const metrics = createIngestMetrics(new Registry());
    const inserted: string[] = [];
    const writer = writerWith({
      metrics,
      rowsMax: 1,
      insert: (rows) => {
        const texts = rows.map(String);
        if (texts.includes('two') && refusals === 0) {
          refusals += 1;
          return Promise.reject(new AppError('clickhouse_refused_rows', 'no such column'));
        }
        inserted.push(...texts);
        return Promise.resolve();
      },
    });
    const partition = new FakePartition(0);
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRows(Buffer.from('one'), 1), 1);
    await until(() => partition.commits.includes(1));
    writer.add(partition, encodedRows(Buffer.from('two'), 1), 2);
    await until(() => partition.commits.includes(2));
    await writer.stop(1_000);
    expect(inserted).toContain('two');
    expect((await metrics.setAsideBytes.get()).values).toMatchObject([{ value: 0 }]);
  });

  it('tells what stops it for good, and commits nothing more', async () => {
    const failures: unknown[] = [];
    const mistake = new Error('a mistake');
    const restore = patch(PendingRows.prototype, 'inserted', () => () => {
      throw mistake;
    });
    const writer = writerWith({ rowsMax: 1, fail: (error) => failures.push(error) });
    const partition = new FakePartition(0);
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRows(Buffer.from('one'), 1), 1);
    await until(() => failures.length > 0);
    restore();
    await writer.stop(1_000);
    expect([failures, partition.commits]).toEqual([[mistake], []]);
  });

  it.each([
    ['took rows before', ['one', 'bad', 'two']],
    ['took nothing yet', ['bad', 'two', 'three']],
  ])('sets a batch of nothing but refused rows aside where it %s', async (_name, batches) => {
    const inserted: string[] = [];
    let refusals = 0;
    const metrics = createIngestMetrics(new Registry());
    const writer = writerWith({
      metrics,
      rowsMax: 1,
      insert: (rows) => {
        if (rows.some((part) => part.includes('bad'))) {
          refusals += 1;
          return Promise.reject(new AppError('clickhouse_refused_rows', 'a bad row'));
        }
        inserted.push(...rows.map(String));
        return Promise.resolve();
      },
    });
    const [bad, good] = [new FakePartition(0), new FakePartition(1)];
    for (const partition of [bad, good]) writer.open(partition);
    writer.start();
    for (const [index, rows] of batches.entries()) {
      const partition = rows === 'bad' ? bad : good;
      writer.add(partition, encodedRows(Buffer.from(rows), 1), index + 1);
      await until(() => (rows === 'bad' ? refusals > 0 : inserted.includes(rows)));
    }
    await until(() => bad.commits.length > 0 && good.commits.includes(3));
    expect(writer.problem()).toBeUndefined();
    await writer.stop(1_000);
    expect([...new Set(inserted)]).toEqual(batches.filter((rows) => rows !== 'bad'));
    expect((await metrics.setAsideBytes.get()).values).toMatchObject([{ value: 3 }]);
    expect((await metrics.rows.get()).values).toMatchObject([{ value: 2 }]);
  });

  it('sets nothing aside when the table becomes wrong after it took rows', async () => {
    let isTableWrong = false;
    let refusals = 0;
    const metrics = createIngestMetrics(new Registry());
    const writer = writerWith({
      metrics,
      rowsMax: 1,
      insert: () => {
        if (!isTableWrong) return Promise.resolve();
        refusals += 1;
        return Promise.reject(new AppError('clickhouse_refused_rows', 'no such column'));
      },
    });
    const partition = new FakePartition(0);
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRows(Buffer.from('one'), 1), 1);
    await until(() => partition.commits.includes(1));
    isTableWrong = true;
    writer.add(partition, encodedRows(Buffer.from('two'), 1), 2);
    await until(() => refusals >= 4);
    expect(partition.commits).toEqual([1]);
    isTableWrong = false;
    await until(() => partition.commits.includes(2));
    await writer.stop(1_000);
    expect((await metrics.setAsideBytes.get()).values).toMatchObject([{ value: 0 }]);
  });

  it('keeps trying where ClickHouse refuses all: then it is the table that is wrong', async () => {
    let isTableWrong = true;
    let refusals = 0;
    const inserted: string[] = [];
    const writer = writerWith({
      rowsMax: 2,
      insert: (rows) => {
        if (isTableWrong) {
          refusals += 1;
          return Promise.reject(new AppError('clickhouse_refused_rows', 'no such column'));
        }
        inserted.push(...rows.map(String));
        return Promise.resolve();
      },
    });
    const partition = new FakePartition(0);
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRows(Buffer.from('one'), 1), 1);
    writer.add(partition, encodedRows(Buffer.from('two'), 1), 2);
    await until(() => refusals >= 3);
    expect(writer.problem()).toContain('no such column');
    expect(partition.commits).toEqual([]);
    isTableWrong = false;
    await until(() => partition.commits.includes(2));
    await writer.stop(1_000);
    expect(inserted).toEqual(['one', 'two']);
  });

  it('writes as soon as enough rows wait, and commits what it wrote', async () => {
    const inserts: Buffer[] = [];
    const writer = writerWith({
      insert: (rows) => {
        inserts.push(Buffer.concat(rows));
        return Promise.resolve();
      },
    });
    const partition = new FakePartition(0);
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRows(Buffer.from('abc'), 9), 3);
    writer.add(partition, encodedRows(Buffer.from('de'), 1), 5);
    await until(() => partition.commits.length > 0);
    expect(Buffer.concat(inserts).toString()).toBe('abcde');
    expect(partition.commits).toEqual([5]);
    await writer.stop(1_000);
  });

  it('writes less when it has waited long enough', async () => {
    const writer = writerWith({ waitMs: 20 });
    const partition = new FakePartition(0);
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRows(Buffer.from('a'), 1), 1);
    await until(() => partition.commits.includes(1));
    await writer.stop(1_000);
  });

  it('writes what waited before the clock was set back', async () => {
    let nowMs = 7_200_000;
    const delays: number[] = [];
    const wakes: (() => void)[] = [];
    const writer = writerWith({
      now: () => nowMs,
      waitMs: 1_000,
      after: (delayMs, run) => {
        delays.push(delayMs);
        wakes.push(run);
      },
    });
    const partition = new FakePartition(0);
    writer.open(partition);
    writer.add(partition, encodedRows(Buffer.from('row'), 1), 1);
    writer.start();
    await until(() => wakes.length === 1);
    nowMs -= 3_600_000;
    wakes[0]?.();
    await until(() => partition.commits.includes(1));
    expect(Math.max(...delays)).toBe(1_000);
    await writer.stop(1_000);
  });

  it('tries an insert again until ClickHouse takes it, and commits only then', async () => {
    let isAway = true;
    let tries = 0;
    const writer = writerWith({
      insert: () => {
        tries += 1;
        return isAway ? Promise.reject(unavailable) : Promise.resolve();
      },
    });
    const partition = new FakePartition(0);
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRows(Buffer.alloc(10), 10), 10);
    await until(() => tries >= 2);
    expect(writer.problem()).toBe('refused');
    expect(partition.commits).toEqual([]);
    isAway = false;
    await until(() => partition.commits.length > 0);
    expect(writer.problem()).toBeUndefined();
    expect(partition.commits).toEqual([10]);
    await writer.stop(1_000);
  });

  it('pauses all partitions, new ones too, while its memory is full, and resumes them after', async () => {
    let takeRows: () => void = () => undefined;
    const writer = writerWith({
      bytesMax: 1_000,
      rowsMax: 1,
      insert: () => new Promise((resolve) => (takeRows = resolve)),
    });
    const [first, second] = [new FakePartition(0), new FakePartition(1)];
    writer.open(first);
    writer.start();
    writer.add(first, encodedRows(Buffer.alloc(2_000), 1), 1);
    writer.open(second);
    expect([first.isPaused, second.isPaused]).toEqual([true, true]);
    await until(() => {
      takeRows();
      return !first.isPaused && !second.isPaused;
    });
    await until(() => first.commits.length > 0);
    await writer.stop(1_000);
  });

  it('commits nothing for an assignment that ended during the insert', async () => {
    let takeRows: (() => void) | undefined;
    const writer = writerWith({
      insert: () => new Promise((resolve) => (takeRows = resolve)),
    });
    const [lost, kept] = [new FakePartition(0), new FakePartition(1)];
    writer.open(lost);
    writer.open(kept);
    writer.start();
    writer.add(kept, encodedRows(Buffer.alloc(1), 1), 4);
    writer.add(lost, encodedRows(Buffer.alloc(9), 9), 9);
    await until(() => takeRows !== undefined);
    writer.close(lost);
    takeRows?.();
    await until(() => kept.commits.length > 0);
    expect([lost.commits, kept.commits]).toEqual([[], [4]]);
    await writer.stop(1_000);
  });

  it('commits again what could not be committed', async () => {
    const writer = writerWith({ rowsMax: 1 });
    const partition = new FakePartition(0);
    partition.failCommits = 1;
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRows(Buffer.alloc(1), 1), 1);
    await until(() => partition.failCommits === 0);
    writer.add(partition, encodedRows(Buffer.alloc(1), 1), 2);
    await until(() => partition.commits.length > 0);
    expect(partition.commits).toEqual([2]);
    await writer.stop(1_000);
  });

  it('writes what is left at its stop', async () => {
    const writer = writerWith({});
    const partition = new FakePartition(0);
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRows(Buffer.from('a'), 1), 1);
    await writer.stop(1_000);
    expect(partition.commits).toEqual([1]);
    expect(partition.isPaused).toBe(true);
  });

  it('stops by its deadline when ClickHouse is away, without a commit', async () => {
    const writer = writerWith({ insert: () => Promise.reject(unavailable) });
    const partition = new FakePartition(0);
    writer.open(partition);
    writer.start();
    writer.add(partition, encodedRows(Buffer.from('a'), 1), 1);
    await writer.stop(50);
    expect(partition.commits).toEqual([]);
  });
});
