import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { figuresFromPoints, isWhole, offloadOf } from './figures.js';
import { checkWritable } from './json-file.js';
import { bytesText, minuteTable } from './minute-table.js';
import { differenceLines, percentile, reportOf } from './report.js';

const figures = {
  stream: 'cinema-9',
  viewers: 3,
  viewersByQuality: { '1080p': 1, '480p': 2 },
  cdnBytes: 1_000_000,
  peerBytes: 3_000_000,
  uploadedBytes: 2_900_000,
};

describe('the table of a minute', () => {
  it('shows each stream with its qualities from the lowest, its offload and the delay', () => {
    const text = minuteTable(1_700_000_040_000, [figures], new Map([['cinema-9', 1_234]]));
    for (const part of [
      '2023-11-14T22:14:00.000Z',
      'cinema-9',
      '480p 2  1080p 1',
      '1.00 MB',
      '3.00 MB',
      '75.0 %',
      '1.23 s',
    ]) {
      expect(text).toContain(part);
    }
    expect(minuteTable(0, [figures], new Map())).toContain('not yet');
  });

  it('writes bytes with three digits and a unit', () => {
    expect([0, 999, 1_000, 12_345, 999_499_999, 2 ** 60].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.00 kB',
      '12.3 kB',
      '999 MB',
      '1152922 TB',
    ]);
  });

  it('reads its figures from Graphite’s metrics, names decoded, absent as 0', () => {
    const base = 'viblast.streams.a~2Eb';
    const points = new Map([
      [`${base}.viewers`, new Map([[60_000, 2]])],
      [`${base}.viewers_by_quality.h~20d`, new Map([[60_000, 2]])],
      [`${base}.viewers_by_quality.sd`, new Map([[60_000, 0]])],
      [`${base}.bytes.cdn`, new Map([[60_000, 7]])],
    ]);
    const read = figuresFromPoints(points, 'viblast', 'a.b', 60_000);
    expect(read).toEqual({
      stream: 'a.b',
      viewers: 2,
      viewersByQuality: { 'h d': 2 },
      cdnBytes: 7,
      peerBytes: 0,
      uploadedBytes: 0,
    });
    expect(offloadOf(read)).toBe(0);
  });
});

describe('a minute in Graphite', () => {
  const whole: Record<string, number> = {
    viewers: 3,
    'viewers_by_quality.480p': 1,
    'viewers_by_quality.720p': 2,
    'browsers.Chrome': 3,
    'bytes.cdn': 0,
    'bytes.p2p': 0,
    'bytes.uploaded': 0,
  };
  const isThere = (values: Record<string, number>, timeMs = 60_000): boolean =>
    isWhole(
      new Map(
        Object.entries(values).map(([name, value]) => [
          `viblast.streams.a.${name}`,
          new Map([[60_000, value]]),
        ]),
      ),
      'viblast',
      'a',
      timeMs,
    );

  it('is there once all parts are, and not with any of them missing', () => {
    expect(isThere(whole)).toBe(true);
    expect(isThere(whole, 120_000)).toBe(false);
    for (const name of Object.keys(whole)) {
      const { [name]: missing, ...others } = whole;
      expect(missing).toBeDefined();
      expect(isThere(others)).toBe(false);
    }
  });
});

describe('the report', () => {
  const input = {
    measured: [{ minute: 7, timeMs: 420_000, delaysMs: new Map([['cinema-9', 1_500]]) }],
    streamsOf: () => [figures, { ...figures, stream: 'late-1' }],
    announces: { sent: 5, acknowledged: 4, refused: 0, unknown: 1, resent: 2 },
    valuesCompared: 9,
    differences: { count: 0, first: [] },
    chaos: [],
  };

  it('is verified when nothing differs, and has minutes, delays and announces', () => {
    expect(reportOf(input)).toMatchObject({
      verified: true,
      minutes: [
        {
          minute: 7,
          time: '1970-01-01T00:07:00.000Z',
          streams: [{ offload: 0.75, graphiteDelayMs: 1_500 }, { graphiteDelayMs: null }],
        },
      ],
      graphiteDelayMs: { p50: 1_500, p95: 1_500 },
      announces: { resent: 2 },
    });
  });

  it('is not verified when anything differs, and says what', () => {
    const first = [{ where: 'traffic', what: 'k: cdn_bytes', expected: '1', got: '2' }];
    const differences = { count: 3, first };
    expect(reportOf({ ...input, differences })).toMatchObject({ verified: false });
    expect(differenceLines(differences)).toContain('traffic: k: cdn_bytes: expected 1, got 2');
  });

  it('takes percentiles by the nearest rank', () => {
    const values = Array.from({ length: 20 }, (_, index) => 20 - index);
    expect(percentile(values, 0.5)).toBe(10);
    expect(percentile(values, 0.95)).toBe(19);
    expect(percentile([], 0.5)).toBeNull();
  });
});

describe('the file of the report', () => {
  it('is tried before anything is started, and left as it was', () => {
    const folder = mkdtempSync(join(tmpdir(), 'report-'));
    const [fresh, old] = [join(folder, 'fresh.json'), join(folder, 'old.json')];
    writeFileSync(old, 'old');
    checkWritable(fresh);
    checkWritable(old);
    expect(existsSync(fresh)).toBe(false);
    expect(readFileSync(old, 'utf8')).toBe('old');
    expect(() => checkWritable(join(folder, 'none', 'x.json'))).toThrow(/--json .* cannot be/);
    expect(() => checkWritable(folder)).toThrow(/--json/);
    rmSync(folder, { recursive: true });
  });
});
