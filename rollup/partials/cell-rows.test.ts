import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnnounceColumns, emptyCell, plainCellOf, type Announce } from '../../schemas/index.js';
import { addAnnounce, announce, arbitraryAnnounce } from '../testing/announces.js';
import { CellRows } from './cell-rows.js';

function columnsOf(announces: readonly Announce[]): AnnounceColumns {
  const columns = new AnnounceColumns();
  columns.fill({ tracker: 't', written: 0, announces });
  return columns;
}

/** A histogram of `buckets` with these counts. */
function histogram(buckets: number, counts: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: buckets }, (_, bucket) => counts[bucket] ?? 0);
}

describe('a row of a cell', () => {
  it('takes of an announce what each counter is of', () => {
    const rows = new CellRows();
    const row = rows.add();
    const reports = { watchedMs: 3_000, cdnBytes: 2 ** 36, peerBytes: 5, uploadedBytes: 7 };
    const troubles = { stalledMs: 1_200, stalls: 2, droppedFrames: 11, errors: 13 };
    const first = announce({ ...reports, ...troubles, startupMs: 450 });
    const columns = columnsOf([first, announce({ watchedMs: 1, stalledMs: 9, startupMs: 0 })]);
    rows.countAnnounce(row, columns, 0);
    rows.countAnnounce(row, columns, 1);
    rows.countViewer(row, 1);
    expect(plainCellOf(rows.cell(row, '720p', 0))).toMatchObject({
      quality: '720p',
      browser: 'Chrome',
      viewers: 1,
      announces: 2,
      watchedMs: 3_001,
      stalledMs: 1_209,
      stalls: 2,
      cdnBytes: 2 ** 36,
      peerBytes: 5,
      uploadedBytes: 7,
      droppedFrames: 11,
      errors: 13,
      startupHistogram: histogram(20, { 0: 1, 5: 1 }),
      stallHistogram: histogram(16, { 4: 2 }),
    });
  });

  it('is what the table says, added up plainly, also of two rows', () => {
    fc.assert(
      fc.property(fc.array(arbitraryAnnounce(0, 0), { minLength: 1 }), (announces) => {
        const [rows, sums] = [new CellRows(), new CellRows()];
        const expected = emptyCell('720p', 'Chrome');
        const columns = columnsOf(announces);
        const sum = sums.add();
        for (const [index, one] of announces.entries()) {
          const row = rows.add();
          rows.countAnnounce(row, columns, index);
          sums.addRow(sum, rows, row);
          addAnnounce(expected, one);
        }
        expect(plainCellOf(sums.cell(sum, '720p', 0))).toEqual(expected);
      }),
    );
  });
});
