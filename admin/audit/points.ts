import {
  cellOfRow,
  facetCellOfRow,
  type FullFacetMinuteRow,
  type MinuteSpan,
  type StreamMinuteRow,
} from '../../clickhouse/index.js';
import {
  closedMetric,
  facetBase,
  fallsToZero,
  isNamePartTooLong,
  metricBase,
  streamPoints,
  tellFacet,
  type Series,
} from '../../graphite/index.js';
import { allStreams } from '../../schemas/index.js';
import type { Difference } from './differences.js';
import { groupBy } from '../../service/group-by.js';

/** Values by metric and minute. */
export type MetricPoints = ReadonlyMap<string, ReadonlyMap<number, number>>;

/**
 * Every point of docs/graphite.md#metrics that Graphite should have of one stream's count in the
 * span. Over all streams each minute has some, 0 where nobody watched.
 */
export function expectedPoints(
  stream: string,
  counted: readonly StreamMinuteRow[],
  span: MinuteSpan,
  { prefix, intervalMs }: { readonly prefix: string; readonly intervalMs: number },
): MetricPoints {
  const base = metricBase(prefix, stream);
  const points = new Map<string, Map<number, number>>();
  const rowsOf = groupBy(counted, (row) => row.minute);
  if (stream === allStreams) {
    for (let minute = span.from; minute <= span.to; minute += 1) {
      if (!rowsOf.has(minute)) rowsOf.set(minute, []);
    }
  }
  for (const [minute, rows] of rowsOf) {
    for (const [metric, value] of Object.entries(
      streamPoints(base, rows.map(cellOfRow), intervalMs),
    )) {
      const ofMetric = points.get(metric) ?? new Map<number, number>();
      points.set(metric, ofMetric.set(minute, value));
    }
  }
  return points;
}

/**
 * Every point that Graphite should have of a stream's facets. Only streams that ask for a facet
 * have any of it, from when they asked on: of a minute it has all of a facet, or nothing, but for
 * values whose names it can't store.
 */
export function expectedFacetPoints(
  stream: string,
  facets: readonly FullFacetMinuteRow[],
  found: MetricPoints,
  { prefix, intervalMs }: { readonly prefix: string; readonly intervalMs: number },
): MetricPoints {
  const told = new Set<string>();
  for (const [metric, values] of found) {
    for (const minute of values.keys()) told.add(`${facetPart(metric, prefix)} ${minute}`);
  }
  const points = new Map<string, Map<number, number>>();
  for (const row of facets) {
    if (isNamePartTooLong(row.value)) continue;
    const base = facetBase(prefix, stream, row.facet, row.value);
    if (!told.has(`${facetPart(base, prefix)} ${row.minute}`)) continue;
    tellFacet(facetCellOfRow(row), intervalMs, (name, value) => {
      const ofMetric = points.get(base + name) ?? new Map<number, number>();
      points.set(base + name, ofMetric.set(row.minute, value));
    });
  }
  return points;
}

/** The points that say of each partition that it has closed the minutes of the span. */
export function expectedClosed(
  prefix: string,
  partitions: number,
  { from, to }: MinuteSpan,
): MetricPoints {
  const points = new Map<string, Map<number, number>>();
  for (let partition = 0; partition < partitions; partition += 1) {
    const values = new Map<number, number>();
    for (let minute = from; minute <= to; minute += 1) values.set(minute, 1);
    points.set(closedMetric(prefix, partition), values);
  }
  return points;
}

/** The first minute of which there is any point. */
export function firstMinuteOf(points: MetricPoints = new Map()): number | undefined {
  let first: number | undefined;
  for (const values of points.values()) {
    for (const minute of values.keys()) first = Math.min(first ?? minute, minute);
  }
  return first;
}

/** What stands for the facet in a metric's name below `<prefix>.facets.<stream>`. */
function facetPart(metric: string, prefix: string): string {
  return metric.slice(prefix.length + 1).split('.')[2] ?? '';
}

/**
 * Both come from the same arithmetic, so they differ by no more than carbon's text and Python's
 * may.
 */
const relativeTolerance = 4 * Number.EPSILON;

function isSame(left: number, right: number): boolean {
  return Math.abs(left - right) <= relativeTolerance * Math.max(Math.abs(left), Math.abs(right));
}

/**
 * Every point in which Graphite is not as it should be, those that only one side has included.
 * Absent is 0 of a stream; over all streams it means not known, and is a difference.
 */
export function pointDifferences(
  stream: string,
  expected: MetricPoints,
  found: MetricPoints,
): Difference[] {
  const differences: Difference[] = [];
  for (const metric of [...new Set([...expected.keys(), ...found.keys()])].sort()) {
    const should = expected.get(metric) ?? new Map<number, number>();
    const is = found.get(metric) ?? new Map<number, number>();
    for (const minute of new Set([...should.keys(), ...is.keys()])) {
      const [wanted, got] = [should.get(minute) ?? 0, is.get(minute)];
      const isUntold = got === undefined && stream === allStreams && should.has(minute);
      if (!isUntold && isSame(wanted, got ?? 0)) continue;
      differences.push({
        sink: 'graphite',
        stream,
        minute,
        counter: metric,
        expected: wanted,
        found: isUntold ? null : (got ?? 0),
      });
    }
  }
  return differences.sort((left, right) => left.minute - right.minute);
}

/** True: the metric is a sum or an average of one, so less of it means that something is lost. */
export function isSum(metric: string): boolean {
  return fallsToZero(metric) && !metric.endsWith('.stall_ratio');
}

/**
 * The points of the minutes in the span; undefined when they come in other steps than the minute's.
 */
export function minutePointsOf(
  series: readonly Series[],
  span: MinuteSpan,
  intervalMs: number,
): MetricPoints | undefined {
  const points = new Map<string, Map<number, number>>();
  for (const { name, points: ofMetric, stepMs } of series) {
    // Two minutes at least were asked for: a single point is one of a longer step.
    if (stepMs !== intervalMs) return undefined;
    const values = new Map<number, number>();
    for (const [timeMs, value] of ofMetric) {
      const minute = timeMs / intervalMs;
      if (minute >= span.from && minute <= span.to) values.set(minute, value);
    }
    points.set(name, values);
  }
  return points;
}
