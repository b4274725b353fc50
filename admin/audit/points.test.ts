import { describe, expect, it } from '@jest/globals';
import { row } from '../testing/rows.js';
import { expectedPoints, isSum, minutePointsOf, pointDifferences } from './points.js';

const intervalMs = 60_000;
const span = { from: 100, to: 101 };
const times = { prefix: 'v', intervalMs };
const rows = [
  row({ viewers: 2, watched_ms: 30_000, cdn_bytes: 10 }),
  row({ viewers: 1, browser: 'Safari', minute: 101 }),
];

function changed(metric: string, minute: number, value: number): string[] {
  const expected = expectedPoints('arena', rows, span, times);
  const found = new Map([...expected].map(([name, values]) => [name, new Map(values)]));
  found.set(metric, new Map(found.get(metric) ?? []).set(minute, value));
  return pointDifferences('arena', expected, found).map(
    (one) => `${one.counter} ${one.minute} ${one.expected} ${one.found}`,
  );
}

describe('the points of Graphite', () => {
  it('are every metric of each minute', () => {
    const expected = expectedPoints('arena', rows, span, times);
    expect(expected.get('v.streams.arena.viewers')).toEqual(
      new Map([
        [100, 2],
        [101, 1],
      ]),
    );
    expect(expected.get('v.streams.arena.viewers_average')?.get(100)).toBe(0.5);
    expect(expected.get('v.streams.arena.browsers_by_quality.720p.Safari')).toEqual(
      new Map([[101, 1]]),
    );
  });

  it('differ where one was altered, and there alone', () => {
    expect(changed('v.streams.arena.bytes.cdn', 100, 11)).toEqual([
      'v.streams.arena.bytes.cdn 100 10 11',
    ]);
    expect(changed('v.streams.arena.bytes.cdn', 100, 10)).toEqual([]);
  });

  it('count as 0 where there is none, on either side', () => {
    expect(changed('v.streams.arena.viewers_by_quality.1080p', 100, 0)).toEqual([]);
    expect(changed('v.streams.arena.viewers_by_quality.1080p', 100, 1)).toEqual([
      'v.streams.arena.viewers_by_quality.1080p 100 0 1',
    ]);
    expect(
      pointDifferences(
        'arena',
        expectedPoints('arena', [row({ viewers: 1 })], span, times),
        new Map(),
      ),
    ).toHaveLength(4);
  });

  it('are there for each minute of the figures over all streams, 0 too', () => {
    const one = row({ stream: '*', viewers: 1 });
    const expected = expectedPoints('*', [one], span, times);
    expect(expected.get('v.total.bytes.p2p')).toEqual(
      new Map([
        [100, 0],
        [101, 0],
      ]),
    );
    expect(expected.get('v.total.viewers_by_quality.720p')).toEqual(new Map([[100, 1]]));
    expect(pointDifferences('*', expected, expected)).toEqual([]);
    const found = new Map(expected).set('v.total.bytes.p2p', new Map([[100, 0]]));
    expect(pointDifferences('*', expected, found)).toMatchObject([
      { counter: 'v.total.bytes.p2p', minute: 101, expected: 0, found: null },
    ]);
  });

  it('are compared to the last digit that carbon and Graphite keep', () => {
    expect(changed('v.streams.arena.viewers_average', 100, 0.5 + 1e-15)).toHaveLength(1);
    expect(changed('v.streams.arena.viewers_average', 100, 0.5 + 1e-16)).toEqual([]);
  });

  it('are sums, but for shares and quantiles', () => {
    expect(isSum('v.streams.arena.bytes.cdn')).toBe(true);
    expect(isSum('v.streams.arena.viewers_average')).toBe(true);
    expect(isSum('v.streams.arena.stall_ratio')).toBe(false);
    expect(isSum('v.streams.arena.startup_ms.p95')).toBe(false);
  });
});

describe("graphite-web's answer", () => {
  const series = (stepMs: number | undefined, ...minutes: number[]) => [
    {
      name: 'm',
      points: new Map(minutes.map((minute) => [minute * intervalMs, 1])),
      ...(stepMs === undefined ? {} : { stepMs }),
    },
  ];

  it('has the points of the span', () => {
    const points = minutePointsOf(
      series(intervalMs, 99, 100, 101, 103),
      { from: 100, to: 102 },
      intervalMs,
    );
    expect(points?.get('m')).toEqual(
      new Map([
        [100, 1],
        [101, 1],
      ]),
    );
  });

  it('has none where Graphite keeps longer steps only', () => {
    const span = { from: 100, to: 110 };
    expect(minutePointsOf(series(600_000, 100, 110), span, intervalMs)).toBeUndefined();
  });

  it('has none where a longer step is so long that a single point came', () => {
    const span = { from: 100, to: 101 };
    expect(minutePointsOf(series(undefined, 100), span, intervalMs)).toBeUndefined();
  });
});
