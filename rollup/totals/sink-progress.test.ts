import { beforeEach, describe, expect, it } from '@jest/globals';
import { allStreams, type StreamCells } from '../../schemas/index.js';
import { setAsideCells, type UnusableMinute } from '../set-aside.js';
import { Setbacks } from '../setbacks.js';
import { testCell } from '../testing/cell.js';
import { FakeSink } from '../testing/fake-sink.js';
import { packedPartials } from './packed-partials.js';
import { idleMinutesMax, PartitionTotals } from './partition-totals.js';
import { SinkProgress, type Permission } from './sink-progress.js';
import { usualProgress } from '../testing/stage-parts.js';

const everything: Permission = { nowMs: 0, isCaughtUp: true, isAlive: true, isSettled: true };

let totals: PartitionTotals;
let offset: number;

function partial(minute: number, stream: string, viewers: number, version = 1): void {
  told(minute, { stream, cells: [testCell({ viewers })] }, version);
}

function told(minute: number, cells: StreamCells, version = 1): void {
  const batch = { inputPartition: 0, minute, version, streams: [cells] };
  totals.applyPartials(offset, 0, packedPartials(batch));
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
    const sinkProgress = new SinkProgress(sink, totals, usualProgress);
    partial(5, 'arena', 1);
    partial(5, 'studio', 1);
    expect(sinkProgress.advance(everything)).toEqual([]);
    progress(6, 0);
    expect(sinkProgress.advance(everything)).toEqual([
      { minute: 5, streams: 2, isFirst: true, isClosed: true, saturated: [] },
    ]);
    expect(sinkProgress.advance({ ...everything, nowMs: 5_000 })).toEqual([]);
    partial(5, 'arena', 2, 2);
    expect(sinkProgress.advance({ ...everything, nowMs: 999 })).toEqual([]);
    expect(sinkProgress.advance({ ...everything, nowMs: 1_000 })).toEqual([
      { minute: 5, streams: 1, isFirst: false, isClosed: true, saturated: [] },
    ]);
    expect(sink.writes.at(-1)?.version).toBe(totals.nextOffset);
  });

  it('writes nothing but final minutes before it has caught up with the log', () => {
    const sinkProgress = new SinkProgress(new FakeSink(true), totals, usualProgress);
    partial(5, 'arena', 1);
    partial(6, 'arena', 1);
    progress(7, 6);
    const written = sinkProgress.advance({ ...everything, isCaughtUp: false });
    expect(written.map(({ minute }) => minute)).toEqual([5]);
  });

  it('does not write to a sink without versions when the group may have another owner', () => {
    const unversioned = new SinkProgress(new FakeSink(false), totals, usualProgress);
    const versioned = new SinkProgress(new FakeSink(true), totals, usualProgress);
    partial(5, 'arena', 1);
    progress(6, 0);
    expect(unversioned.advance({ ...everything, isAlive: false })).toEqual([]);
    expect(versioned.advance({ ...everything, isAlive: false })).toHaveLength(1);
  });

  it('writes a final minute a last time once the owner has settled, a while after others have closed, and calls it taken only then', () => {
    const sinkProgress = new SinkProgress(new FakeSink(false), totals, usualProgress);
    partial(5, 'arena', 1);
    progress(6, 6);
    const unsettled = { ...everything, isSettled: false };
    expect(sinkProgress.advance(unsettled)).toHaveLength(1);
    expect(sinkProgress.isTaken(5)).toBe(false);
    expect(sinkProgress.advance({ ...everything, nowMs: 4_999 })).toEqual([]);
    expect(sinkProgress.isTaken(5)).toBe(false);
    expect(sinkProgress.advance({ ...everything, nowMs: 5_000 })).toHaveLength(1);
    expect(sinkProgress.isTaken(5)).toBe(true);
    expect(sinkProgress.advance({ ...everything, nowMs: 19_000 })).toHaveLength(0);
  });

  it('tells of a minute that was held back too long once it is closed, with all that it has', () => {
    const sink = new FakeSink(false);
    const sinkProgress = new SinkProgress(sink, totals, usualProgress);
    partial(5, 'arena', 1);
    sinkProgress.advance({ ...everything, nowMs: 20_000 });
    progress(6, 0);
    sinkProgress.advance({ ...everything, nowMs: 30_000 });
    sinkProgress.advance({ ...everything, nowMs: 40_000 });
    expect(sink.writes.map(({ closedBy }) => closedBy)).toEqual([undefined, 7]);
    expect(sink.writes.at(-1)?.totals).toMatchObject([{ stream: 'arena' }]);
  });

  it('tells Graphite of each minute that closed, also where nobody watched, and nobody else', () => {
    const sink = new FakeSink(false);
    const versioned = new FakeSink(true);
    const sinkProgress = new SinkProgress(sink, totals, usualProgress);
    const other = new SinkProgress(versioned, totals, usualProgress);
    progress(7, 4);
    partial(5, 'arena', 1);
    sinkProgress.advance(everything);
    other.advance(everything);
    expect(sink.writes.map(({ minute, closedBy }) => [minute, closedBy])).toEqual([
      [4, 7],
      [5, 7],
      [6, 7],
    ]);
    expect(sink.writes.flatMap((write) => write.totals.map(({ stream }) => stream))).toEqual([
      'arena',
    ]);
    expect(versioned.writes.map(({ closedBy }) => closedBy)).toEqual([undefined]);
    expect(sinkProgress.untoldFrom).toBe(4);
  });

  it('is not taken while a stream changed since it was written, nor while the sink may lose it', () => {
    let nowMs = 0;
    const sink = new FakeSink(true, () => nowMs);
    sink.takesAt = 30_000;
    const sinkProgress = new SinkProgress(sink, totals, usualProgress);
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
    const sinkProgress = new SinkProgress(sink, totals, usualProgress);
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
    const sinkProgress = new SinkProgress(sink, totals, usualProgress);
    partial(5, 'arena', 1);
    progress(6, 0);
    expect(sinkProgress.advance(everything)).toEqual([]);
    sink.isAway = false;
    expect(sinkProgress.advance(everything)).toHaveLength(1);
  });

  it('lets what the minute before had fall to zero, also when nothing at all is left', () => {
    const sink = new FakeSink(false);
    const sinkProgress = new SinkProgress(sink, totals, usualProgress);
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

describe('a closed minute of which something is set aside', () => {
  const closedBy = (sink: FakeSink): unknown[] => sink.writes.map((write) => write.closedBy);

  it('is not told as closed where stage 1 did it, and has all other streams', () => {
    const sink = new FakeSink(false);
    const sinkProgress = new SinkProgress(sink, totals, usualProgress);
    partial(5, 'arena', 1);
    told(5, setAsideCells('cursed'));
    progress(6, 0);
    sinkProgress.advance(everything);
    expect(sink.writes.flatMap((write) => write.totals)).toMatchObject([{ stream: 'arena' }]);
    expect(closedBy(sink)).toEqual([undefined]);
    sinkProgress.advance({ ...everything, nowMs: 5_000 });
    expect(sink.writes).toHaveLength(1);
    partial(5, 'cursed', 1, 2);
    progress(6, 6);
    sinkProgress.advance({ ...everything, nowMs: 10_000 });
    sinkProgress.advance({ ...everything, nowMs: 15_000 });
    expect(closedBy(sink)).toEqual([undefined, undefined, 7]);
    expect(sinkProgress.isTaken(5)).toBe(true);
  });

  it('is not told as closed where a total cannot be added up, the minutes around it are', () => {
    const sink = new FakeSink(false);
    const setAside: UnusableMinute[] = [];
    const sinkProgress = new SinkProgress(sink, totals, {
      ...usualProgress,
      setbacks: new Setbacks(),
      setAside: (one) => setAside.push(one),
    });
    for (const minute of [4, 5, 6]) partial(minute, 'cursed', 1);
    const broken = totals.minute(5);
    const failing = (): never => {
      throw new Error('a mistake');
    };
    Object.assign(broken ?? {}, { total: failing });
    progress(7, 0);
    for (let attempt = 1; attempt < 3; attempt += 1) {
      expect(() => sinkProgress.advance(everything)).toThrow('a mistake');
    }
    sinkProgress.advance(everything);
    expect(sink.writes.map(({ minute, closedBy: by }) => [minute, by])).toEqual([
      [4, 7],
      [5, undefined],
      [6, 7],
    ]);
    expect(setAside).toMatchObject([{ stream: 'cursed', minute: 5 }, { minute: 5 }]);
  });
});

describe('zeros over all streams', () => {
  const told = (sink: FakeSink): string[] =>
    sink.writes.map(({ minute, totals: ofMinute }) =>
      [minute, ...ofMinute.map(({ stream, cells }) => `${stream}:${cells.length}`)].join(' '),
    );

  it('are told for each minute that closed, from the first that is not final on', () => {
    const sink = new FakeSink(false);
    const sinkProgress = new SinkProgress(sink, totals, { ...usualProgress, hasAllStreams: true });
    progress(6, 0);
    sinkProgress.advance(everything);
    expect(told(sink)).toEqual([]);
    progress(8, 4);
    partial(5, allStreams, 3);
    sinkProgress.advance(everything);
    expect(told(sink)).toEqual(['4 *:0', '5 *:1', '6 *:0', '7 *:0']);
    sinkProgress.advance({ ...everything, nowMs: 60_000 });
    expect(sink.writes).toHaveLength(4);
  });

  it('are not told of a minute that is open', () => {
    const sink = new FakeSink(false);
    const sinkProgress = new SinkProgress(sink, totals, { ...usualProgress, hasAllStreams: true });
    progress(5, 5);
    partial(5, 'arena', 1);
    sinkProgress.advance({ ...everything, nowMs: 20_000 });
    expect(told(sink)).toEqual(['5 arena:1']);
    progress(6, 5);
    sinkProgress.advance({ ...everything, nowMs: 30_000 });
    expect(told(sink).at(-1)).toBe('5 arena:1 *:0');
  });

  it('are told a last time when the minute is final, and keep it from being passed until taken', () => {
    let nowMs = 0;
    const sink = new FakeSink(false, () => nowMs);
    sink.takesAt = 30_000;
    const sinkProgress = new SinkProgress(sink, totals, { ...usualProgress, hasAllStreams: true });
    progress(6, 4);
    sinkProgress.advance(everything);
    expect(sinkProgress.untoldFrom).toBe(4);
    progress(9, 6);
    sinkProgress.advance({ ...everything, nowMs: 10_000 });
    sinkProgress.advance({ ...everything, nowMs: 15_000 });
    nowMs = 20_000;
    expect(sinkProgress.untoldFrom).toBe(4);
    totals.dropTaken(() => true, sinkProgress.untoldFrom);
    expect(totals.commitPoint()).toEqual({ offset: 2, exactFrom: 4 });
    nowMs = 30_000;
    expect(sinkProgress.untoldFrom).toBe(6);
    totals.dropTaken(() => true, sinkProgress.untoldFrom);
    expect(totals.exactFrom).toBe(6);
  });

  it('are taken back by an announce that comes late', () => {
    const sink = new FakeSink(false);
    const sinkProgress = new SinkProgress(sink, totals, { ...usualProgress, hasAllStreams: true });
    progress(6, 4);
    sinkProgress.advance(everything);
    partial(5, allStreams, 1);
    sinkProgress.advance({ ...everything, nowMs: 1_000 });
    expect(told(sink)).toEqual(['4 *:0', '5 *:0', '5 *:1']);
  });

  it('go on where a former owner had come, and not before what an outage leaves known', () => {
    totals = new PartitionTotals(1, { offset: 0, exactFrom: 10 });
    const sink = new FakeSink(false);
    const sinkProgress = new SinkProgress(sink, totals, { ...usualProgress, hasAllStreams: true });
    progress(13, 11);
    sinkProgress.advance(everything);
    expect(told(sink)).toEqual(['10 *:0', '11 *:0', '12 *:0']);
    progress(100_000, 99_996);
    sinkProgress.advance({ ...everything, nowMs: 1_000 });
    expect(sink.writes.some(({ minute }) => minute === 100_000 - idleMinutesMax)).toBe(true);
    expect(sink.writes).toHaveLength(3 + idleMinutesMax);
    expect(sinkProgress.untoldFrom).toBe(99_996);
  });

  it('are written again on a new connection, and nowhere but in their partition and in Graphite', () => {
    const sink = new FakeSink(false);
    const sinkProgress = new SinkProgress(sink, totals, { ...usualProgress, hasAllStreams: true });
    const elsewhere = new FakeSink(false);
    const versioned = new SinkProgress(new FakeSink(true), totals, {
      ...usualProgress,
      hasAllStreams: true,
    });
    progress(6, 4);
    sinkProgress.advance(everything);
    sink.epoch += 1;
    sinkProgress.advance({ ...everything, nowMs: 1 });
    expect(told(sink)).toEqual(['4 *:0', '5 *:0', '4 *:0', '5 *:0']);
    new SinkProgress(elsewhere, totals, usualProgress).advance(everything);
    expect(told(elsewhere)).toEqual(['4', '5']);
    expect([versioned.advance(everything), versioned.untoldFrom]).toEqual([[], Infinity]);
  });
});
