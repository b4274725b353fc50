import { describe, expect, it } from '@jest/globals';
import type { PackedStream } from '../../schemas/index.js';
import { testCell } from '../testing/cell.js';
import type { StreamTotal } from './minute-totals.js';
import { packedPartials } from './packed-partials.js';
import { SharedTotals } from './shared-totals.js';

function part(viewers: number, minute = 5): PackedStream {
  const streams = [{ stream: 'arena', cells: [testCell({ viewers })] }];
  const packed = packedPartials({ inputPartition: 0, minute, version: 1, streams });
  const [one] = packed.streams;
  if (one === undefined) throw new Error('no stream');
  return one;
}

function total(rows = 1): StreamTotal {
  return { stream: 'arena', cells: new Array(rows).fill(testCell({ viewers: 1 })) };
}

describe('totals that readers share', () => {
  it('are given once, and to who has the same parts', () => {
    const totals = new SharedTotals();
    const parts = [part(1), part(2)];
    const kept = total();
    totals.keep(0, parts, kept);
    expect(totals.take([])).toBeUndefined();
    expect(totals.take([part(1)])).toBeUndefined();
    expect(totals.take([...parts])).toBe(kept);
    expect(totals.take(parts)).toBeUndefined();
  });

  it('are forgotten where one of the parts has been replaced', () => {
    const totals = new SharedTotals();
    const [first, second] = [part(1), part(2)];
    totals.keep(0, [first, second], total());
    expect(totals.take([first, part(3)])).toBeUndefined();
    expect(totals.take([first, second])).toBeUndefined();
  });

  it('are kept up to a bound, the newest', () => {
    const totals = new SharedTotals();
    const all = [1, 2, 3].map((viewers) => [part(viewers)]);
    for (const parts of all) totals.keep(0, parts, total(30_000));
    expect(all.map((parts) => totals.take(parts) !== undefined)).toEqual([false, true, true]);
  });

  it('are forgotten with their minute, of that partition alone', () => {
    const totals = new SharedTotals();
    const [early, late, elsewhere] = [[part(1, 4)], [part(2, 5)], [part(3, 4)]];
    totals.keep(0, early, total());
    totals.keep(0, late, total());
    totals.keep(1, elsewhere, total());
    totals.forgetBefore(0, 5);
    const isKept = [early, late, elsewhere].map((parts) => totals.take(parts) !== undefined);
    expect(isKept).toEqual([false, true, true]);
  });
});
