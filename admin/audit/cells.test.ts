import { describe, expect, it } from '@jest/globals';
import { row } from '../testing/rows.js';
import { wrongCells } from './cells.js';

const intervalMs = 60_000;

function differences(counted: Parameters<typeof row>[0][], stored: Parameters<typeof row>[0][]) {
  return wrongCells(counted.map(row), stored.map(row), intervalMs).flatMap((cell) =>
    cell.differences.map(
      ({ minute, quality, browser, counter, expected, found }) =>
        `${minute} ${quality ?? ''} ${browser ?? ''} ${counter} ${expected} ${found}`,
    ),
  );
}

describe('wrongCells', () => {
  it('finds nothing where both are the same, whatever the version and the order', () => {
    const rows = [{ viewers: 1 }, { viewers: 2, quality: '480p' }];
    const stored = rows.map((one) => ({ ...one, version: 9 })).reverse();
    expect(differences(rows, stored)).toEqual([]);
  });

  it.each([
    'viewers',
    'announces',
    'watched_ms',
    'stalled_ms',
    'stalls',
    'cdn_bytes',
    'peer_bytes',
    'uploaded_bytes',
    'dropped_frames',
    'errors',
    'time',
  ])('names %s alone when that differs', (column) => {
    const counted = column === 'time' ? 6_000 : 0;
    expect(differences([{}], [{ [column]: 7 }])).toEqual([
      `100 720p Chrome ${column} ${counted} 7`,
    ]);
  });

  it('names the bucket of a histogram that differs', () => {
    const startup_histogram = new Array<number>(20).fill(0).with(3, 2);
    const stall_histogram = new Array<number>(16).fill(0).with(15, 1);
    expect(differences([{ startup_histogram }], [{ stall_histogram }])).toEqual([
      '100 720p Chrome startup_histogram[3] 2 0',
      '100 720p Chrome stall_histogram[15] 0 1',
    ]);
  });

  it('takes a missing row for zeros, and one of zeros for a missing one', () => {
    expect(differences([{ viewers: 3, announces: 4 }], [])).toEqual([
      '100 720p Chrome viewers 3 0',
      '100 720p Chrome announces 4 0',
    ]);
    expect(differences([], [{ errors: 5 }])).toEqual(['100 720p Chrome errors 0 5']);
    expect(differences([], [{}])).toEqual([]);
  });

  it('finds a row that stands under another key', () => {
    expect(differences([{ viewers: 1 }], [{ viewers: 1, browser: 'Opera' }])).toEqual([
      '100 720p Chrome viewers 1 0',
      '100 720p Opera viewers 0 1',
    ]);
  });
});
