import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { streamPoints, type Points } from '../../graphite/index.js';
import { cellOf, emptyCell } from '../../schemas/index.js';
import { packageRoot } from '../../service/package-root.js';
import { summaryOf } from '../web/src/figures/sums.js';
import { rangeSeries, type RangeSeries } from './range-series.js';
import { StepValues, type KnownPart } from './step-values.js';
import { timesOf } from './steps.js';

const minuteMs = 60_000;
const minutes = 60;
const base = 'v.streams.arena';

const watched = fc.record({
  watchedMs: fc.nat(600_000),
  stalledMs: fc.oneof(fc.constant(0), fc.nat(300_000)),
  kbps: fc.nat(9_000),
  cdnBytes: fc.nat(),
  peerBytes: fc.nat(),
  viewsBegun: fc.nat(9),
  startsFailed: fc.nat(3),
});
type Watched = typeof watched extends fc.Arbitrary<infer Value> ? Value : never;

/** What is counted minute by minute, nothing where nobody watched. */
const counted = fc.array(fc.option(watched, { nil: undefined }), {
  minLength: minutes,
  maxLength: minutes,
});

/** Some tell no bitrate: all that was watched in every third minute. */
function sumsOf(minute: Watched | undefined, index: number) {
  const { watchedMs = 0, stalledMs = 0, kbps = 0, ...others } = minute ?? {};
  const playedBitrateMs = index % 3 === 0 ? 0 : watchedMs;
  return { ...others, watchedMs, stalledMs, playedBitrateMs, playedBits: playedBitrateMs * kbps };
}

function pointsOf(minute: Watched | undefined, index: number): Points {
  if (minute === undefined) return {};
  const cell = { ...emptyCell('720p', 'Chrome'), viewers: 1, ...sumsOf(minute, index) };
  return streamPoints(base, [cellOf(cell)], minuteMs);
}

/** The method by which carbon makes coarser points of a metric, by the file that is shipped. */
const conf = join(packageRoot(), 'deploy', 'graphite', 'storage-aggregation.conf');
const rules = Array.from(
  readFileSync(conf, 'utf8').matchAll(/pattern = (.*)\n.*\naggregationMethod = (.*)/g),
  ([, pattern = '', method = '']) => ({ pattern: new RegExp(pattern), method }),
);

function coarse(metric: string, values: readonly number[]): number {
  const there = values.filter((value) => !Number.isNaN(value));
  if (there.length === 0) return NaN;
  const sum = there.reduce((before, value) => before + value, 0);
  const method = rules.find(({ pattern }) => pattern.test(metric))?.method;
  if (method === 'sum') return sum;
  return sum / (method === 'avg_zero' ? values.length : there.length);
}

/** What Graphite has of all minutes, in points of so many each. */
function partOf(points: readonly Points[], perPoint: number): KnownPart {
  const count = points.length / perPoint;
  const columns = new Map<string, Float64Array>();
  for (const name of new Set(points.flatMap((one) => Object.keys(one)))) {
    const values = points.map((one) => one[name] ?? NaN);
    const column = Float64Array.from({ length: count }, (_, at) =>
      coarse(name, values.slice(at * perPoint, (at + 1) * perPoint)),
    );
    columns.set(name, column);
  }
  const stepMs = perPoint * minuteMs;
  const range = { fromMs: 0, untilMs: points.length * minuteMs, stepMs };
  return {
    figures: { ...range, columns, unreadable: new Set() },
    closed: new Uint8Array(count).fill(1),
    isOfMinutes: perPoint === 1,
  };
}

interface Told {
  readonly times: number[];
  readonly stepMs: number;
  readonly series: RangeSeries;
}

function toldIn(part: KnownPart, stepMinutes: number): Told {
  const steps = { ...part.figures, stepMs: stepMinutes * minuteMs };
  const series = rangeSeries(new StepValues(base, [part], steps, 0), steps.stepMs);
  return { times: timesOf(steps), stepMs: steps.stepMs, series };
}

function quotient(part: number, whole: number): unknown {
  return whole === 0 ? null : expect.closeTo(part / whole, 9);
}

/** The ratios of some minutes, by their sums alone. */
function ratiosOf(all: readonly (Watched | undefined)[], from: number, count: number) {
  const sums = all.map(sumsOf).slice(from, from + count);
  const sumOf = (name: keyof (typeof sums)[number]): number =>
    sums.reduce((sum, one) => sum + (one[name] ?? 0), 0);
  return {
    stallRatio: quotient(sumOf('stalledMs'), sumOf('stalledMs') + sumOf('watchedMs')),
    bitrateKbps: quotient(sumOf('playedBits'), sumOf('playedBitrateMs')),
    offload: quotient(sumOf('peerBytes'), sumOf('peerBytes') + sumOf('cdnBytes')),
    failedShare: quotient(sumOf('startsFailed'), sumOf('viewsBegun')),
  };
}

function expectRatios(all: readonly (Watched | undefined)[], told: Told): void {
  const { times, stepMs, series } = told;
  const count = stepMs / minuteMs;
  for (const step of times.keys()) {
    const { stallRatio, bitrateKbps } = ratiosOf(all, step * count, count);
    expect(series.stallRatio[step]).toEqual(stallRatio);
    expect(series.bitrateKbps[step]).toEqual(bitrateKbps);
  }
  expect(summaryOf(told)).toMatchObject(ratiosOf(all, 0, minutes));
}

describe('ratios of long steps, and of a range', () => {
  it('are those of the sums of their minutes, at every resolution and age', () => {
    fc.assert(
      fc.property(counted, (all) => {
        const points = all.map(pointsOf);
        for (const [perPoint, step] of [
          [1, 1],
          [1, 10],
          [1, 30],
          [10, 10],
          [10, 60],
        ] as const) {
          expectRatios(all, toldIn(partOf(points, perPoint), step));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are the same where rollups of before told some minutes, and no sums', () => {
    const before = fc.array(fc.boolean(), { minLength: minutes, maxLength: minutes });
    fc.assert(
      fc.property(counted, before, (all, isBefore) => {
        // Of a minute in which all only stalled, or some told no bitrate, the ratio says less.
        const known = all.map((one) => one && { ...one, watchedMs: one.watchedMs + 1 });
        const points = known.map(pointsOf).map((told, minute) => {
          const names = Object.entries(told).filter(
            ([name]) => isBefore[minute] !== true || !/\.(stalled_ms|played_\w+)$/.test(name),
          );
          return Object.fromEntries(names);
        });
        for (const step of [1, 10, 30]) expectRatios(known, toldIn(partOf(points, 1), step));
      }),
      { numRuns: 30 },
    );
  });

  it('are not known where a minute has a sum at its bound', () => {
    const minute = { watchedMs: 9, stalledMs: 1, kbps: 4, cdnBytes: 1, peerBytes: 1 };
    const points = Array.from({ length: minutes }, () =>
      pointsOf({ ...minute, viewsBegun: 1, startsFailed: 0 }, 1),
    );
    const atBound = Number.MAX_SAFE_INTEGER - 1;
    points[3] = { ...points[3], [`${base}.stalled_ms`]: atBound, [`${base}.played_bits`]: atBound };
    for (const perPoint of [1, 10]) {
      const { series } = toldIn(partOf(points, perPoint), 30);
      expect(series).toMatchObject({
        stalledMs: [atBound, 30],
        stallRatio: [null, 0.1],
        bitrateKbps: [null, 4],
      });
    }
  });
});
