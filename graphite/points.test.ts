import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { browsers, cellOf, emptyCell, type Cell, type PlainCell } from '../schemas/index.js';
import { streamPoints } from './points.js';

function cell(fields: Partial<PlainCell>): Cell {
  return cellOf({ ...emptyCell('720p', 'Chrome'), ...fields });
}

const arbitraryCells = fc.uniqueArray(
  fc.record({
    quality: fc.constantFrom('720p', '1080p', 'a.b', 'other'),
    browser: fc.constantFrom(...browsers),
    viewers: fc.nat(1_000),
    cdnBytes: fc.nat(),
    peerBytes: fc.nat(),
  }),
  { selector: ({ quality, browser }) => `${quality} ${browser}`, minLength: 1, maxLength: 20 },
);

function sumOf(points: Record<string, number>, pattern: RegExp): number {
  return Object.entries(points)
    .filter(([name]) => pattern.test(name))
    .reduce((sum, [, value]) => sum + value, 0);
}

describe('streamPoints', () => {
  it('has sums by quality, by browser and by both that equal the total', () => {
    fc.assert(
      fc.property(arbitraryCells, (cells) => {
        const points = streamPoints('v', cells.map(cell), 60_000);
        const total = cells.reduce((sum, { viewers }) => sum + viewers, 0);
        expect(points['v.viewers']).toBe(total);
        expect(sumOf(points, /^v\.viewers_by_quality\.[^.]+$/)).toBe(total);
        expect(sumOf(points, /^v\.browsers\.[^.]+$/)).toBe(total);
        expect(sumOf(points, /^v\.browsers_by_quality\.[^.]+\.[^.]+$/)).toBe(total);
        expect(sumOf(points, /^v\.bytes_by_quality\.[^.]+\.cdn$/)).toBe(points['v.bytes.cdn']);
        expect(sumOf(points, /^v\.bytes_by_quality\.[^.]+\.p2p$/)).toBe(points['v.bytes.p2p']);
      }),
    );
  });

  it('tells the average of viewers, the share of stalling and start-up quantiles', () => {
    const startupHistogram = new Array<number>(20).fill(0);
    startupHistogram[1] = 4;
    const cells = [cell({ watchedMs: 90_000, stalledMs: 10_000, stalls: 3, startupHistogram })];
    expect(streamPoints('v', cells, 60_000)).toMatchObject({
      'v.viewers_average': 1.5,
      'v.stalled_ms': 10_000,
      'v.stall_ratio': 0.1,
      'v.stalls': 3,
      'v.startup_ms.p50': 75,
      'v.startup_ms.p95': 97.5,
    });
  });

  it('tells what came with the second version only where there is something', () => {
    const latencyHistogram = new Array<number>(21).fill(0);
    latencyHistogram[0] = 4;
    const told = { viewsBegun: 2, cdnAloneBytes: 7, playedBits: 6_000, playedBitrateMs: 2 };
    const points = streamPoints('v', [cell({ ...told, latencyHistogram })], 60_000);
    expect(points).toMatchObject({
      'v.views.begun': 2,
      'v.bytes.cdn_by_reason.alone': 7,
      'v.played_bits': 6_000,
      'v.played_bitrate_ms': 2,
      'v.bitrate_kbps': 3_000,
      'v.latency_ms.p50': 250,
    });
    const names = Object.keys(points).filter((name) =>
      /views\.|reason|errors|state|conn/.test(name),
    );
    expect(names).toEqual(['v.views.begun', 'v.bytes.cdn_by_reason.alone']);
  });

  it('tells the errors that no kind was told of, never below none', () => {
    const other = (told: Partial<Record<'errors' | 'errorsMedia' | 'errorsPlayer', number>>) =>
      streamPoints('v', [cell(told)], 60_000)['v.errors.other'];
    expect(other({ errors: 9, errorsMedia: 2, errorsPlayer: 4 })).toBe(3);
    expect(other({ errors: 6, errorsMedia: 2, errorsPlayer: 4 })).toBeUndefined();
    const saturated = Number.MAX_SAFE_INTEGER;
    expect(other({ errors: saturated, errorsMedia: saturated, errorsPlayer: 4 })).toBeUndefined();
  });

  it('tells starts by how long they took, only in buckets that have some', () => {
    const told = (fine: Readonly<Record<number, number>>): Record<string, number> => {
      const startupHistogram = new Array<number>(20).fill(0);
      for (const [bucket, count] of Object.entries(fine)) startupHistogram[Number(bucket)] = count;
      const start = 'v.startup_ms.histogram.';
      const points = Object.entries(streamPoints('v', [cell({ startupHistogram })], 60_000));
      return Object.fromEntries(
        points.flatMap(([name, value]) =>
          name.startsWith(start) ? [[name.slice(start.length), value]] : [],
        ),
      );
    };
    const all = new Array<number>(20).fill(1);
    expect(told(all)).toEqual({
      bin_500: 6,
      bin_1000: 2,
      bin_2000: 2,
      bin_3000: 1,
      bin_5000: 2,
      bin_10000: 2,
      bin_30000: 3,
      bin_inf: 2,
    });
    expect(told({ 5: 2, 6: 1, 18: 4 })).toEqual({ bin_500: 2, bin_1000: 1, bin_inf: 4 });
    expect(told({})).toEqual({});
  });

  it('has no start-up quantile when nobody started, and no division by zero', () => {
    const points = streamPoints('v', [cell({})], 60_000);
    expect(Object.keys(points).filter((name) => name.includes('startup'))).toEqual([]);
    expect(points['v.stall_ratio']).toBe(0);
    expect(points).not.toHaveProperty(['v.stalled_ms']);
  });
});
