import { describe, expect, it, jest } from '@jest/globals';
import type { LogRecord } from '../kafka/index.js';
import { codec, topics } from '../schemas/index.js';
import { PartitionWatch } from '../service/partition-watch.js';
import { FakeSink } from './testing/fake-sink.js';
import { testTimes } from './testing/announces.js';
import { testPartition, testParts, wholeLog } from './testing/stage-parts.js';
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
});
