import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainCellOf, type Announce, type StreamCells } from '../../schemas/index.js';
import {
  announce,
  arbitraryAnnounce,
  comparable,
  countKey,
  plainCount,
  sessionOf,
  testTimes,
  type CellsByKey,
} from '../testing/announces.js';
import { PartitionMinutes } from './partition-minutes.js';

const beginning = { offset: 0, exactFrom: 0 };

function batch(announces: readonly Announce[], written = 0) {
  return { tracker: 't', written, announces };
}

function cellsOf(
  minutes: readonly { minute: number; streams: Iterable<StreamCells> }[],
): CellsByKey {
  const cells: CellsByKey = new Map();
  for (const { minute, streams } of minutes) {
    for (const { stream, cells: ofStream } of streams) {
      for (const cell of ofStream) {
        cells.set(countKey(stream, minute, cell.quality, cell.browser), plainCellOf(cell));
      }
    }
  }
  return cells;
}

describe('PartitionMinutes', () => {
  it('comes to the plain count for any announces, copies and times', () => {
    const logged = fc.record({
      announce: arbitraryAnnounce(100_000, 30_000),
      logAppendTimeMs: fc.integer({ min: 80_000, max: 130_000 }),
    });
    fc.assert(
      fc.property(fc.array(logged, { maxLength: 60 }), (log) => {
        const minutes = new PartitionMinutes(testTimes, beginning);
        for (const [offset, { announce: one, logAppendTimeMs }] of log.entries()) {
          minutes.applyBatch(offset, logAppendTimeMs, batch([one]));
        }
        minutes.applyMark(log.length, 10 ** 9, { owner: 'o', written: 10 ** 9 });
        expect(comparable(cellsOf(minutes.plan().minutes))).toEqual(
          comparable(plainCount(log, testTimes)),
        );
      }),
    );
  });

  it('judges in time by the LogAppendTime alone, to the millisecond', () => {
    const minute = 20;
    const one = announce({ time: minute * 5_000 });
    const outcome = (logAppendTimeMs: number): number =>
      new PartitionMinutes(testTimes, beginning).applyBatch(0, logAppendTimeMs, batch([one]))
        .counted;
    expect(outcome(95_000)).toBe(1);
    expect(outcome(94_999)).toBe(0);
    expect(outcome(120_000)).toBe(1);
    expect(outcome(120_001)).toBe(0);
  });

  it('holds back a minute until it is closed', () => {
    const minutes = new PartitionMinutes(testTimes, beginning);
    minutes.applyBatch(0, 100_000, batch([announce({ time: 100_000 })], 100_000));
    expect(minutes.plan().minutes).toEqual([]);
    minutes.applyMark(1, 106_000, { owner: 'o', written: 106_000 });
    expect(minutes.plan()).toMatchObject({ version: 2, closedBefore: 21 });
    expect(minutes.plan().minutes.map(({ minute }) => minute)).toEqual([20]);
  });

  it('keeps the offset of what is retained in its commit point, and drops final minutes in order', () => {
    const minutes = new PartitionMinutes(testTimes, beginning);
    minutes.applyMark(0, 99_000, { owner: 'o', written: 99_000 });
    minutes.applyBatch(1, 100_000, batch([announce({ time: 100_000 })]));
    minutes.applyBatch(2, 106_000, batch([announce({ time: 106_000, session: sessionOf(2) })]));
    expect(minutes.commitPoint()).toEqual({ offset: 1, exactFrom: 0 });
    minutes.applyMark(3, 125_000, { owner: 'o', written: 125_000 });
    const plan = minutes.plan();
    expect(plan.finalBefore).toBe(21);
    minutes.acknowledgeCells(plan);
    minutes.dropFinal(plan);
    expect(minutes.commitPoint()).toEqual({ offset: 2, exactFrom: 21 });
    expect(minutes.applyBatch(4, 115_000, batch([announce({ time: 100_000 })]))).toMatchObject({
      counted: 0,
      ignored: 1,
    });
  });

  it('commits the next offset when nothing is retained', () => {
    const minutes = new PartitionMinutes(testTimes, { offset: 7, exactFrom: 3 });
    minutes.skip(7);
    expect(minutes.commitPoint()).toEqual({ offset: 8, exactFrom: 3 });
  });

  it('refuses a gap and a record that it has had', () => {
    const minutes = new PartitionMinutes(testTimes, { offset: 7, exactFrom: 0 });
    expect(() => minutes.skip(8)).toThrow('gap');
    minutes.skip(7);
    expect(() => minutes.skip(7)).toThrow('gap');
  });
});
