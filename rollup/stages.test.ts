import { describe, expect, it, jest } from '@jest/globals';
import { appendingBy, partitionOfStream, type LogRecord } from '../kafka/index.js';
import { allStreams, codec, topics } from '../schemas/index.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PartitionWatch } from '../service/partition-watch.js';
import { FakeSink } from './testing/fake-sink.js';
import { testTimes } from './testing/announces.js';
import {
  takingProducer,
  testCluster,
  testPartition,
  testParts,
  wholeLog,
} from './testing/stage-parts.js';
import { Stages } from './stages.js';

function mark(partition: number, timeMs: number): LogRecord {
  const value = codec().encode('Mark', { owner: 'rollup', written: timeMs });
  return { partition, offset: 0, logAppendTimeMs: timeMs, key: null, value };
}

/**
 * The stages of one process, a fast and a slow partition of stage 1's backlog, and which of them
 * are paused.
 */
async function twoOutOfStep(aheadMs: number) {
  const stages = new Stages(testParts());
  const paused = new Set<number>();
  const [slow, fast] = [0, 1].map((partition) =>
    stages.openPartials(
      testPartition(topics.announces, {
        partition,
        pause: () => paused.add(partition),
        resume: () => paused.delete(partition),
      }),
      wholeLog(100),
    ),
  );
  await slow?.read([mark(0, 0)]);
  await fast?.read([mark(1, aheadMs)]);
  return { stages, slow, paused };
}

describe('the stages of one process', () => {
  it('keep the partitions of a backlog within three minutes of the log of each other', async () => {
    const within = await twoOutOfStep(3 * testTimes.intervalMs);
    within.stages.tick();
    expect([...within.paused]).toEqual([]);
    const ahead = await twoOutOfStep(3 * testTimes.intervalMs + 1);
    ahead.stages.tick();
    expect([...ahead.paused]).toEqual([1]);
  });

  it('do nothing any more for a partition that is another’s, which holds up no other either', async () => {
    const { stages, slow, paused } = await twoOutOfStep(60_000);
    stages.tick();
    expect([...paused]).toEqual([1]);
    slow?.close();
    stages.tick();
    expect([...paused]).toEqual([]);
  });

  it('go on with the others when one fails at its tick, and say which stands still', () => {
    let nowMs = 0;
    const watch = new PartitionWatch(() => nowMs);
    const stages = new Stages(testParts({ now: () => nowMs, watch }));
    const [broken, fine] = [0, 1].map((partition) =>
      stages.openPartials(testPartition(topics.announces, { partition }), wholeLog(0)),
    );
    const failing = jest.fn(() => {
      throw new Error('a mistake');
    });
    const ticked = jest.fn();
    Object.assign(broken ?? {}, { tick: failing });
    Object.assign(fine ?? {}, { tick: ticked });
    for (nowMs = 0; nowMs <= 60_000; nowMs += 20_000) stages.tick();
    expect(failing).toHaveBeenCalledTimes(4);
    expect(ticked).toHaveBeenCalledTimes(4);
    expect(watch.standing()).toMatchObject([
      { partition: 'announces/0', reason: 'what is due fails: a mistake' },
    ]);
  });

  it('let stage 2 write what is due at a tick, also when nothing more is read', async () => {
    let nowMs = 0;
    const sink = new FakeSink(true);
    const stages = new Stages(testParts({ now: () => nowMs }));
    const open = stages.openTotals({ sink, lastHeartbeatAtMs: () => nowMs });
    const reader = open(testPartition(topics.partials), wholeLog(1));
    const partial = { inputPartition: 0, minute: 7, version: 1, streams: [] };
    const value = codec().encode('PartialBatch', partial);
    await reader.read([{ partition: 0, offset: 0, logAppendTimeMs: 0, key: null, value }]);
    expect(sink.writes).toEqual([]);
    nowMs = 20_000;
    stages.tick();
    expect(sink.writes.map(({ minute }) => minute)).toEqual([7]);
  });

  it('say of a partition without a leader that its log time stands, until it has one', async () => {
    let nowMs = 0;
    let hasLeader = false;
    const watch = new PartitionWatch(() => nowMs);
    const producer = appendingBy((topic, partition, records) =>
      topic === topics.announces && !hasLeader
        ? Promise.reject(new Error('no leader'))
        : takingProducer.append(topic, partition, records),
    );
    const stages = new Stages(testParts({ now: () => nowMs, watch, producer }));
    const reader = stages.openPartials(testPartition(topics.announces), wholeLog(0));
    await reader.read([mark(0, 0)]);
    const pass = async (untilMs: number): Promise<void> => {
      for (; nowMs < untilMs; nowMs += 1_000) {
        stages.tick();
        await nextTurn();
      }
    };
    await pass(60_000);
    expect(watch.standing()).toEqual([]);
    await pass(120_000);
    expect(watch.standing()).toMatchObject([
      {
        partition: 'announces/0',
        reason: 'its log time stands: a mark cannot be appended: no leader',
      },
    ]);
    hasLeader = true;
    await pass(125_000);
    expect(watch.standing()).toMatchObject([
      { reason: 'its log time stands: what was appended is not read' },
    ]);
    await reader.read([{ ...mark(0, nowMs), offset: 1 }]);
    expect(watch.standing()).toEqual([]);
  });

  it('say of a backlog whose log time moves that it does not stand', async () => {
    let nowMs = 3_600_000;
    const watch = new PartitionWatch(() => nowMs);
    const stages = new Stages(testParts({ now: () => nowMs, watch }));
    const reader = stages.openPartials(testPartition(topics.announces), wholeLog(1_000));
    for (let offset = 0; offset < 10; offset += 1, nowMs += 30_000) {
      await reader.read([{ ...mark(0, offset * testTimes.intervalMs), offset }]);
      stages.tick();
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    }
    expect(watch.standing()).toEqual([]);
  });

  it('say of a log that goes on, and of which nothing is read, that it stands', async () => {
    let nowMs = 0;
    const watch = new PartitionWatch(() => nowMs);
    const stages = new Stages(testParts({ now: () => nowMs, watch }));
    const open = stages.openTotals({ sink: new FakeSink(true), lastHeartbeatAtMs: () => nowMs });
    const reader = open(testPartition(topics.partials), wholeLog(0));
    const progress = { inputPartition: 0, closedBefore: 1, finalBefore: 0 };
    const value = codec().encode('Progress', progress);
    stages.measure(() => 2);
    nowMs = 50_000;
    await reader.read([{ partition: 0, offset: 0, logAppendTimeMs: 0, key: null, value }]);
    stages.measure(() => 2);
    nowMs = 109_000;
    expect(watch.standing()).toEqual([]);
    nowMs = 110_000;
    expect(watch.standing()).toMatchObject([
      {
        partition: 'rollup-totals-clickhouse/0',
        reason: '1 records from offset 1 on are not read',
      },
    ]);
    await reader.read([{ partition: 0, offset: 1, logAppendTimeMs: 0, key: null, value }]);
    expect(watch.standing()).toEqual([]);
  });

  it('tell the figures over all streams as told once all have closed the minute', async () => {
    let nowMs = 0;
    const parts = testParts({ now: () => nowMs });
    const stages = new Stages(parts);
    const open = stages.openTotals({ sink: new FakeSink(false), lastHeartbeatAtMs: () => nowMs });
    const partition = partitionOfStream(allStreams, testCluster.partialPartitions);
    const reader = open(testPartition(topics.partials, { partition }), wholeLog(1));
    const at = { partition, logAppendTimeMs: 0, key: null };
    const partial = { inputPartition: 0, minute: 7, version: 1, streams: [] };
    await reader.read([{ ...at, offset: 0, value: codec().encode('PartialBatch', partial) }]);
    nowMs = 20_000;
    stages.tick();
    const told = async (): Promise<unknown> => (await parts.metrics.toldUntilSeconds.get()).values;
    expect(await told()).toEqual([]);
    const progress = { inputPartition: 0, closedBefore: 8, finalBefore: 0 };
    await reader.read([{ ...at, offset: 1, value: codec().encode('Progress', progress) }]);
    nowMs = 21_000;
    stages.tick();
    expect(await told()).toMatchObject([{ value: (8 * testTimes.intervalMs) / 1_000 }]);
  });

  it('say that a sink takes nothing, also where each rebalance has it read anew', async () => {
    let nowMs = 0;
    const watch = new PartitionWatch(() => nowMs);
    const sleep = (): Promise<void> => new Promise(() => undefined);
    const stages = new Stages(testParts({ now: () => nowMs, watch, sleep }));
    const sink = new FakeSink(false);
    const open = stages.openTotals({ sink, lastHeartbeatAtMs: () => nowMs });
    const of = (minute: number): LogRecord[] => {
      const partial = { inputPartition: 0, minute, version: 1, streams: [] };
      const progress = { inputPartition: 0, closedBefore: minute + 1, finalBefore: minute + 1 };
      const values = [
        codec().encode('PartialBatch', partial),
        codec().encode('Progress', progress),
      ];
      return values.map((value, at) => {
        const offset = 2 * (minute - 1) + at;
        return { partition: 0, offset, logAppendTimeMs: 0, key: null, value };
      });
    };
    const [first = [], ...rest] = Array.from({ length: 100 }, (_, index) => of(index + 1));
    for (let rebalances = 0; rebalances < 2; rebalances += 1) {
      const reader = open(testPartition(topics.partials), wholeLog(200));
      await reader.read(first);
      void reader.read(rest.flat());
      await nextTurn();
      nowMs += 30_000;
      reader.close();
      watch.keep([]);
      watch.keep([reader.name]);
    }
    expect(watch.standing()).toMatchObject([
      { standsMs: 60_000, reason: `${sink.name} does not take minutes that are final` },
    ]);
  });

  it('say which input partition keeps minutes from being final, and read on, for it comes later', async () => {
    let nowMs = 0;
    const watch = new PartitionWatch(() => nowMs);
    const cluster = { ...testCluster, partitions: 2 };
    const stages = new Stages(testParts({ now: () => nowMs, watch, cluster }));
    const sink = new FakeSink(true);
    const open = stages.openTotals({ sink, lastHeartbeatAtMs: () => nowMs });
    const reader = open(testPartition(topics.partials), wholeLog(0));
    let offset = 0;
    const append = async (value: Buffer): Promise<void> => {
      await reader.read([{ partition: 0, offset, logAppendTimeMs: 0, key: null, value }]);
      offset += 1;
      stages.measure(() => offset);
    };
    const progress = (inputPartition: number, finalBefore: number): Promise<void> =>
      append(
        codec().encode('Progress', { inputPartition, closedBefore: finalBefore, finalBefore }),
      );
    await progress(1, 10);
    for (let minute = 10; minute < 100; minute += 1) {
      const partial = { inputPartition: 0, minute, version: 1, streams: [] };
      await append(codec().encode('PartialBatch', partial));
      await progress(0, minute + 1);
      nowMs += 5_000;
    }
    stages.measure(() => offset);
    expect(watch.standing()).toMatchObject([
      { reason: '90 minutes fill the memory until announces/1 calls them final' },
    ]);
    await progress(1, 11);
    expect(watch.standing()).toEqual([]);
    nowMs += 60_000;
    stages.measure(() => offset);
    expect(watch.standing()).toHaveLength(1);
    await progress(1, 100);
    expect(watch.standing()).toEqual([]);
  });
});
