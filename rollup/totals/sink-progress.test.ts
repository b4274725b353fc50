import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PartialBatch } from '../../schemas/index.js';
import { emptyCell } from '../cells.js';
import { FakeSink } from '../testing/fake-sink.js';
import { PartitionTotals } from './partition-totals.js';
import { SinkProgress, type Permission } from './sink-progress.js';
import { nothingSetAside } from '../testing/stage-parts.js';

const everything: Permission = { nowMs: 0, isCaughtUp: true, isAlive: true, isSettled: true };

let totals: PartitionTotals;
let offset: number;

function partial(minute: number, stream: string, viewers: number, version = 1): void {
  const cells = [{ ...emptyCell('720p', 'Chrome'), viewers }];
  const batch: PartialBatch = { inputPartition: 0, minute, version, streams: [{ stream, cells }] };
  totals.applyPartials(offset, 0, batch);
  offset += 1;
}

function progress(closedBefore: number, finalBefore: number): void {
  totals.applyProgress(offset, { inputPartition: 0, closedBefore, finalBefore });
  offset += 1;
}

beforeEach(() => {
  totals = new PartitionTotals(1, { offset: 0, exactFrom: 0 });
  offset = 0;
});

describe('SinkProgress', () => {
  it('writes a closed minute once, and again only what changed, at most once a second', () => {
    const sink = new FakeSink(true);
    const sinkProgress = new SinkProgress(sink, totals, nothingSetAside);
    partial(5, 'arena', 1);
    partial(5, 'studio', 1);
    expect(sinkProgress.advance(everything)).toEqual([]);
    progress(6, 0);
    expect(sinkProgress.advance(everything)).toEqual([
      { minute: 5, streams: 2, isFirst: true, saturated: [] },
    ]);
    expect(sinkProgress.advance({ ...everything, nowMs: 5_000 })).toEqual([]);
    partial(5, 'arena', 2, 2);
    expect(sinkProgress.advance({ ...everything, nowMs: 999 })).toEqual([]);
    expect(sinkProgress.advance({ ...everything, nowMs: 1_000 })).toEqual([
      { minute: 5, streams: 1, isFirst: false, saturated: [] },
    ]);
    expect(sink.writes.at(-1)?.version).toBe(totals.nextOffset);
  });

  it('writes nothing but final minutes before it has caught up with the log', () => {
    const sinkProgress = new SinkProgress(new FakeSink(true), totals, nothingSetAside);
    partial(5, 'arena', 1);
    partial(6, 'arena', 1);
    progress(7, 6);
    const written = sinkProgress.advance({ ...everything, isCaughtUp: false });
    expect(written.map(({ minute }) => minute)).toEqual([5]);
  });

  it('does not write to a sink without versions when the group may have another owner', () => {
    const unversioned = new SinkProgress(new FakeSink(false), totals, nothingSetAside);
    const versioned = new SinkProgress(new FakeSink(true), totals, nothingSetAside);
    partial(5, 'arena', 1);
    progress(6, 0);
    expect(unversioned.advance({ ...everything, isAlive: false })).toEqual([]);
    expect(versioned.advance({ ...everything, isAlive: false })).toHaveLength(1);
  });

  it('writes a final minute a last time once the owner has settled, and calls it taken only then', () => {
    const sinkProgress = new SinkProgress(new FakeSink(false), totals, nothingSetAside);
    partial(5, 'arena', 1);
    progress(6, 6);
    const unsettled = { ...everything, isSettled: false };
    expect(sinkProgress.advance(unsettled)).toHaveLength(1);
    expect(sinkProgress.isTaken(5)).toBe(false);
    expect(sinkProgress.advance({ ...everything, nowMs: 1_000 })).toHaveLength(1);
    expect(sinkProgress.isTaken(5)).toBe(true);
    expect(sinkProgress.advance({ ...everything, nowMs: 9_000 })).toHaveLength(0);
  });

  it('is not taken while a stream changed since it was written, nor while the sink may lose it', () => {
    let nowMs = 0;
    const sink = new FakeSink(true, () => nowMs);
    sink.takesAt = 30_000;
    const sinkProgress = new SinkProgress(sink, totals, nothingSetAside);
    partial(5, 'arena', 1);
    progress(6, 6);
    sinkProgress.advance(everything);
    expect(sinkProgress.isTaken(5)).toBe(false);
    nowMs = 30_000;
    expect(sinkProgress.isTaken(5)).toBe(true);
    partial(5, 'arena', 2, 2);
    expect(sinkProgress.isTaken(5)).toBe(false);
  });

  it('writes all retained minutes again when the sink begins a new epoch', () => {
    const sink = new FakeSink(false);
    const sinkProgress = new SinkProgress(sink, totals, nothingSetAside);
    partial(5, 'arena', 1);
    partial(6, 'arena', 1);
    progress(7, 0);
    expect(sinkProgress.advance(everything)).toHaveLength(2);
    sink.epoch += 1;
    expect(sinkProgress.isTaken(5)).toBe(false);
    expect(sinkProgress.advance({ ...everything, nowMs: 1 })).toHaveLength(2);
  });

  it('tries again what an absent sink did not take', () => {
    const sink = new FakeSink(true);
    sink.isAway = true;
    const sinkProgress = new SinkProgress(sink, totals, nothingSetAside);
    partial(5, 'arena', 1);
    progress(6, 0);
    expect(sinkProgress.advance(everything)).toEqual([]);
    sink.isAway = false;
    expect(sinkProgress.advance(everything)).toHaveLength(1);
  });

  it('lets what the minute before had fall to zero, also when nothing at all is left', () => {
    const sink = new FakeSink(false);
    const sinkProgress = new SinkProgress(sink, totals, nothingSetAside);
    partial(5, 'arena', 1);
    partial(5, 'studio', 1);
    partial(6, 'arena', 1);
    progress(8, 0);
    sinkProgress.advance(everything);
    const previousOf = (minute: number): string[] =>
      [...(sink.writes.find((write) => write.minute === minute)?.previous.keys() ?? [])].sort();
    expect(previousOf(6)).toEqual(['arena', 'studio']);
    expect(previousOf(7)).toEqual(['arena']);
    expect(sink.writes).toHaveLength(3);
  });
});
