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
    for (const index of [0, 1]) rows.countAnnounce(Int32Array.of(row), 1, 0, columns, index);
    rows.countViewer(row, 1);
    expect(plainCellOf(rows.cell(row, '720p', 0))).toEqual({
      ...emptyCell('720p', 'Chrome'),
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

  it('takes of the second version what an announce says there, and of what role', () => {
    const rows = new CellRows();
    const row = rows.add();
    const told = { watchedMs: 2_000, cdnBytes: 10, encodedBitrateKbps: 3_000, startupMs: 450 };
    const kinds = { errorsNetwork: 1, errorsMedia: 2, errorsDrm: 3, errorsPlayer: 4 };
    const states = { startingMs: 5, seekingMs: 6, pausedMs: 7, waitingMs: 8 };
    const peers = { seederBytes: 9, connectionsTried: 10, connectionsMade: 11 };
    const others = { qualitySwitches: 12, liveLatencyMs: 2_500 };
    const reasons = ['alone', 'policy', 'starting', 'unconnected', 'connected'] as const;
    const second = { ...told, ...kinds, ...states, ...peers, ...others } as const;
    const announces = [
      announce({ ...second, cdnReason: 'alone', number: 0 }),
      // Of the first version.
      announce({ ...second, number: 0 }),
      ...reasons.map((cdnReason) => announce({ cdnReason, cdnBytes: 1, number: 1 })),
      announce({ cdnReason: 'alone', number: 1, failure: 'start_failed' }),
      announce({ cdnReason: 'alone', number: 1, failure: 'start_given_up' }),
      announce({ cdnReason: 'alone', number: 1, failure: 'playback_failed' }),
      announce({ ...second, cdnReason: 'alone', role: 'seeder', uploadedBytes: 13, number: 0 }),
      announce({ ...second, cdnReason: 'alone', role: 'preview', uploadedBytes: 13, number: 0 }),
    ];
    const columns = columnsOf(announces);
    for (const index of announces.keys())
      rows.countAnnounce(Int32Array.of(row), 1, 0, columns, index);
    expect(plainCellOf(rows.cell(row, '720p', 0))).toEqual({
      ...emptyCell('720p', 'Chrome'),
      ...kinds,
      ...states,
      ...peers,
      announces: 12,
      watchedMs: 4_000,
      cdnBytes: 25,
      viewsBegun: 1,
      viewsPlayed: 1,
      startsFailed: 1,
      startsGivenUp: 1,
      playbacksFailed: 1,
      qualitySwitches: 12,
      playedBits: 6_000_000,
      playedBitrateMs: 2_000,
      cdnAloneBytes: 11,
      cdnPolicyBytes: 1,
      cdnStartingBytes: 1,
      cdnUnconnectedBytes: 1,
      cdnConnectedBytes: 1,
      seederCdnBytes: 10,
      seederUploadedBytes: 13,
      startupHistogram: histogram(20, { 5: 2 }),
      latencyHistogram: histogram(21, { 4: 1 }),
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
          rows.countAnnounce(Int32Array.of(row), 1, 0, columns, index);
          sums.addRow(sum, rows, row);
          addAnnounce(expected, one);
        }
        expect(plainCellOf(sums.cell(sum, '720p', 0))).toEqual(expected);
      }),
    );
  });
});
