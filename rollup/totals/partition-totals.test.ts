import { describe, expect, it } from '@jest/globals';
import {
  plainCellOf,
  type Cell,
  type PackedPartials,
  type PartialBatch,
} from '../../schemas/index.js';
import { testCell } from '../testing/cell.js';
import type { TotalsSharing } from './minute-totals.js';
import { packedPartials } from './packed-partials.js';
import { PartitionTotals } from './partition-totals.js';

function cell(viewers: number): Cell {
  return testCell({ viewers });
}

function partial(fields: Partial<PartialBatch> & { viewers?: number } = {}): PackedPartials {
  const { viewers = 1, ...rest } = fields;
  const streams = [{ stream: 'arena', cells: [cell(viewers)] }];
  return packedPartials({ inputPartition: 0, minute: 5, version: 1, streams, ...rest });
}

function viewersOf(totals: PartitionTotals, minute = 5): number | undefined {
  return totals.minute(minute)?.total('arena').cells.map(plainCellOf)[0]?.viewers;
}

const start = { offset: 0, exactFrom: 0 };
const unshared: TotalsSharing = {
  take: () => undefined,
  keep: () => undefined,
  forgetBefore: () => undefined,
};

describe('PartitionTotals', () => {
  it('keeps the highest version of each input partition and adds partitions up', () => {
    const totals = new PartitionTotals(2, start);
    totals.applyPartials(0, 0, partial({ version: 10, viewers: 3 }));
    totals.applyPartials(1, 0, partial({ version: 8, viewers: 2 }));
    totals.applyPartials(2, 0, partial({ inputPartition: 1, version: 4, viewers: 5 }));
    expect(viewersOf(totals)).toBe(8);
    totals.applyPartials(3, 0, partial({ version: 12, viewers: 4 }));
    expect(viewersOf(totals)).toBe(9);
  });

  it.each([1, 3_000])(
    'adds up the same again once the totals of %d cells are forgotten',
    (count) => {
      let kept = 0;
      const keep = (): void => void (kept += 1);
      const totals = new PartitionTotals(2, start, { ...unshared, keep });
      const cells = Array.from({ length: count }, (_, index) => ({
        ...cell(3),
        quality: `${index}p`,
      }));
      const streams = [{ stream: 'arena', cells }];
      for (const inputPartition of [0, 1]) {
        totals.applyPartials(inputPartition, 0, partial({ inputPartition, streams }));
      }
      const minute = totals.minute(5);
      const before = minute?.total('arena');
      minute?.forgetTotals();
      expect(minute?.total('arena') === before).toBe(count === 1);
      expect(minute?.total('arena')).toEqual(before);
      // The other reader has taken it long ago, or has added it up itself.
      expect(kept).toBe(1);
      expect(viewersOf(totals)).toBe(6);
    },
  );

  it('is due when all input partitions have closed the minute, or 20 s after its first partial', () => {
    const totals = new PartitionTotals(2, start);
    totals.applyPartials(0, 100_000, partial());
    totals.applyProgress(1, { inputPartition: 0, closedBefore: 6, finalBefore: 0 });
    expect(totals.isDue(5, 119_999)).toBe(false);
    expect(totals.isDue(5, 120_000)).toBe(true);
    totals.applyProgress(2, { inputPartition: 1, closedBefore: 6, finalBefore: 0 });
    expect(totals.isDue(5, 0)).toBe(true);
  });

  it('believes the highest progress, whatever comes later', () => {
    const totals = new PartitionTotals(1, start);
    totals.applyProgress(0, { inputPartition: 0, closedBefore: 6, finalBefore: 2 });
    totals.applyProgress(1, { inputPartition: 0, closedBefore: 4, finalBefore: 1 });
    expect([totals.closedBefore, totals.finalBefore]).toEqual([6, 2]);
  });

  it('drops final minutes in order, only as far as the sinks took them', () => {
    const totals = new PartitionTotals(1, start);
    for (const minute of [5, 6, 7]) totals.applyPartials(minute - 5, 0, partial({ minute }));
    totals.applyProgress(3, { inputPartition: 0, closedBefore: 9, finalBefore: 8 });
    expect(totals.dropTaken((minute) => minute !== 6)).toEqual([5]);
    expect(totals.minutes()).toEqual([6, 7]);
    expect(totals.commitPoint()).toEqual({ offset: 1, exactFrom: 6 });
    expect(totals.dropTaken(() => true)).toEqual([6, 7]);
    expect(totals.commitPoint()).toEqual({ offset: 4, exactFrom: 8 });
  });

  it('lets nobody keep what totals of a dropped minute were made of', () => {
    const forgotten: number[] = [];
    const forgetBefore = (minute: number): void => void forgotten.push(minute);
    const totals = new PartitionTotals(1, start, { ...unshared, forgetBefore });
    totals.applyPartials(0, 0, partial({ minute: 5 }));
    totals.applyPartials(1, 0, partial({ minute: 6 }));
    totals.applyProgress(2, { inputPartition: 0, closedBefore: 7, finalBefore: 7 });
    totals.dropTaken((minute) => minute < 6);
    totals.dropTaken((minute) => minute < 6);
    expect(forgotten).toEqual([6]);
  });

  it('does not drop a minute that some input partition has not called final', () => {
    const totals = new PartitionTotals(2, start);
    totals.applyPartials(0, 0, partial());
    totals.applyProgress(1, { inputPartition: 0, closedBefore: 9, finalBefore: 8 });
    expect(totals.dropTaken(() => true)).toEqual([]);
  });

  it('knows how many minutes are not final, and which input partition they wait for', () => {
    const totals = new PartitionTotals(3, start);
    [3, 4, 5, 8].forEach((minute, offset) => totals.applyPartials(offset, 0, partial({ minute })));
    [9, 4, 6].forEach((finalBefore, inputPartition) =>
      totals.applyProgress(4 + inputPartition, { inputPartition, closedBefore: 9, finalBefore }),
    );
    expect([totals.unfinal(), totals.slowestInput]).toEqual([3, 1]);
  });

  it('ignores what an earlier owner has dropped', () => {
    const totals = new PartitionTotals(1, { offset: 9, exactFrom: 6 });
    totals.applyPartials(9, 0, partial({ minute: 5 }));
    expect(totals.minutes()).toEqual([]);
  });

  it('knows the input partitions that the cluster has', () => {
    const totals = new PartitionTotals(2, start);
    expect([-1, 0, 1, 2].map((one) => totals.hasInputPartition(one))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('refuses a gap in the log', () => {
    const totals = new PartitionTotals(1, start);
    expect(() => totals.skip(1)).toThrow('gap');
  });
});
