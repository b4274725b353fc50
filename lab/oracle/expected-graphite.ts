import { encodeNamePart } from '../../graphite/index.js';
import {
  latencyBoundsMs,
  quantileOf,
  startupBoundsMs,
  type Counters,
} from '../../schemas/index.js';
import { overAllStreams, type ExpectedCell } from './expected-cells.js';
import { groupBy } from '../../service/group-by.js';
import { addPlainly, plainCounters, sumMetrics } from './plain-cell.js';
import type { FacetsByKey } from './plain-facets.js';
import { isSame, type Differences } from './tables.js';

/** Values by metric and the point's time (the minute's start, Unix ms). Absent is 0. */
export type Points = ReadonlyMap<string, ReadonlyMap<number, number>>;

export function streamBase(prefix: string, stream: string): string {
  return `${prefix}.streams.${encodeNamePart(stream)}`;
}

export function totalBase(prefix: string): string {
  return `${prefix}.total`;
}

/** The metrics of docs/graphite.md#metrics, one minute of one stream. */
function minuteValues(cells: readonly ExpectedCell[], intervalMs: number): Map<string, number> {
  const values = new Map<string, number>();
  const sum = plainCounters();
  const add = (metric: string, value: number): void => {
    values.set(metric, (values.get(metric) ?? 0) + value);
  };
  for (const cell of cells) {
    const quality = encodeNamePart(cell.quality);
    const browser = encodeNamePart(cell.browser);
    add(`viewers_by_quality.${quality}`, cell.viewers);
    add(`browsers.${browser}`, cell.viewers);
    add(`browsers_by_quality.${quality}.${browser}`, cell.viewers);
    add(`bytes_by_quality.${quality}.cdn`, cell.cdnBytes);
    add(`bytes_by_quality.${quality}.p2p`, cell.peerBytes);
    addPlainly(sum, cell);
  }
  for (const [metric, value] of valuesOf(sum, intervalMs)) values.set(metric, value);
  for (const [bin, first, end] of startupBins) {
    const count = sum.startupHistogram.slice(first, end).reduce((before, one) => before + one, 0);
    values.set(`startup_ms.histogram.${bin}`, count);
  }
  return values;
}

/** Of which buckets of `startupBoundsMs`, first and end, each of Graphite's consists. */
const startupBins = [
  ['bin_500', 0, 6],
  ['bin_1000', 6, 8],
  ['bin_2000', 8, 10],
  ['bin_3000', 10, 11],
  ['bin_5000', 11, 13],
  ['bin_10000', 13, 15],
  ['bin_30000', 15, 18],
  ['bin_inf', 18, 20],
] as const;

/** What is told of counters, whatever they are of. */
function valuesOf(sum: Counters, intervalMs: number): Map<string, number> {
  const values = new Map(sumMetrics.map(([metric, counter]) => [metric, sum[counter]]));
  const ofKinds = sum.errorsNetwork + sum.errorsMedia + sum.errorsDrm + sum.errorsPlayer;
  values.set('errors.other', Math.max(sum.errors - ofKinds, 0));
  values.set('viewers_average', sum.watchedMs / intervalMs);
  const playedMs = sum.watchedMs + sum.stalledMs;
  values.set('stall_ratio', playedMs === 0 ? 0 : sum.stalledMs / playedMs);
  if (sum.playedBitrateMs > 0) values.set('bitrate_kbps', sum.playedBits / sum.playedBitrateMs);
  const quantiles = [
    ['startup_ms', sum.startupHistogram, startupBoundsMs],
    ['latency_ms', sum.latencyHistogram, latencyBoundsMs],
  ] as const;
  for (const [metric, histogram, bounds] of quantiles) {
    const p50 = quantileOf(histogram, bounds, 0.5);
    const p95 = quantileOf(histogram, bounds, 0.95);
    if (p50 !== undefined) values.set(`${metric}.p50`, p50);
    if (p95 !== undefined) values.set(`${metric}.p95`, p95);
  }
  return values;
}

/** What is told of a part of a holdback's group. */
function partValuesOf(sum: Counters): Map<string, number> {
  return new Map([
    ['watched_ms', sum.watchedMs],
    ['stalled_ms', sum.stalledMs],
    ['views_played', sum.viewsPlayed],
    ['starting_ms', sum.startingMs],
    ['played_bits', sum.playedBits],
    ['played_bitrate_ms', sum.playedBitrateMs],
  ]);
}

/** Every point that Graphite has to have of the facets that streams ask for. */
export function expectedFacetPoints(
  facets: FacetsByKey,
  asked: ReadonlyMap<string, readonly string[]>,
  prefix: string,
  intervalMs: number,
): Points {
  const points = new Map<string, Map<number, number>>();
  for (const [key, counters] of facets) {
    const [stream = '', minute = '', facet = '', value = ''] = key.split('\0');
    const isPart = facet === 'holdback_part';
    if (asked.get(stream)?.includes(isPart ? 'holdback' : facet) !== true) continue;
    const parts = [stream, facet, value].map(encodeNamePart);
    const values = isPart ? partValuesOf(counters) : valuesOf(counters, intervalMs);
    for (const [name, told] of values) {
      const metric = [`${prefix}.facets`, ...parts, name].join('.');
      const ofMetric = points.get(metric) ?? new Map<number, number>();
      points.set(metric, ofMetric.set(Number(minute) * intervalMs, told));
    }
  }
  return points;
}

/**
 * Every point that Graphite has to have of these cells; with `withTotal` also those over all
 * streams.
 */
export function expectedPoints(
  cells: readonly ExpectedCell[],
  prefix: string,
  intervalMs: number,
  withTotal: boolean,
): Points {
  const overAll = withTotal ? overAllStreams(cells, '*') : [];
  const points = new Map<string, Map<number, number>>();
  const byMinute = groupBy([...cells, ...overAll], ({ stream, minute }) => `${minute} ${stream}`);
  for (const ofMinute of byMinute.values()) {
    const [first] = ofMinute;
    if (first === undefined) continue;
    const base = first.stream === '*' ? totalBase(prefix) : streamBase(prefix, first.stream);
    for (const [name, value] of minuteValues(ofMinute, intervalMs)) {
      const metric = `${base}.${name}`;
      const ofMetric = points.get(metric) ?? new Map<number, number>();
      points.set(metric, ofMetric.set(first.minute * intervalMs, value));
    }
  }
  return points;
}

/**
 * What each partition of `rollup-partials` has to have told of these minutes and all between them:
 * that it has closed them, whoever watched (docs/graphite.md#progress).
 */
export function expectedClosed(
  minutes: readonly number[],
  partitions: number,
  prefix: string,
  intervalMs: number,
): Points {
  const first = minutes.reduce((least, minute) => Math.min(least, minute), Infinity);
  const last = minutes.reduce((most, minute) => Math.max(most, minute), -Infinity);
  const closed = new Map<number, number>();
  for (let minute = first; minute <= last; minute += 1) closed.set(minute * intervalMs, 1);
  return new Map(
    Array.from({ length: partitions }, (_, partition) => [
      `${prefix}.progress.${partition}.closed`,
      closed,
    ]),
  );
}

/** Compares every value of every metric, those that only one side has included. */
export function comparePoints(expected: Points, got: Points, differences: Differences): void {
  for (const metric of new Set([...expected.keys(), ...got.keys()])) {
    const expectedValues = expected.get(metric) ?? new Map<number, number>();
    const gotValues = got.get(metric) ?? new Map<number, number>();
    for (const timeMs of new Set([...expectedValues.keys(), ...gotValues.keys()])) {
      const value = expectedValues.get(timeMs) ?? 0;
      const other = gotValues.get(timeMs) ?? 0;
      if (!isSame(value, other)) {
        const minute = new Date(timeMs).toISOString();
        differences.add('Graphite', `${metric} at ${minute}`, value, other);
      }
    }
  }
}
