import type { CellMinuteRow, FacetMinuteRow, MinuteRow } from '../../clickhouse/index.js';
import {
  closedMetric,
  facetBase,
  metricBase,
  streamPoints,
  tellFacet,
} from '../../graphite/index.js';
import type { ClusterSettings } from '../../registry/index.js';
import {
  allStreams,
  cellOf,
  countersOf,
  countsOf,
  type Counters,
  type PlainCell,
} from '../../schemas/index.js';
import { sumCounters } from '../oracle/plain-cell.js';
import { facetKey, type FacetsByKey } from '../oracle/plain-facets.js';
import { countKey, type CellsByKey } from './plain-count.js';
import { askedFacet, graphitePrefix } from './settings.js';

/** More of them say nothing new. */
const differencesMax = 5;

function rowOf(cell: Counters): string {
  const { startupHistogram, stallHistogram, latencyHistogram } = cell;
  return JSON.stringify([
    ...sumCounters.map((counter) => cell[counter]),
    startupHistogram,
    stallHistogram,
    latencyHistogram,
  ]);
}

/** Where the table differs from the count, cell by cell and counter by counter. */
export function tableDifferences(rows: readonly CellMinuteRow[], count: CellsByKey): string[] {
  const keyOf = (row: CellMinuteRow): string =>
    countKey(row.stream, row.minute, row.quality, row.browser);
  const ofStreams = [...count].filter(([key]) => !key.startsWith(`${allStreams}\0`));
  return rowDifferences('table', countersByKey(rows, keyOf), ofStreams);
}

/** Where the facets of the table differ from the count, value by value. */
export function facetDifferences(rows: readonly FacetMinuteRow[], count: FacetsByKey): string[] {
  const keyOf = (row: FacetMinuteRow): string =>
    facetKey(row.stream, row.minute, row.facet, row.value);
  return rowDifferences('facets', countersByKey(rows, keyOf), count);
}

function countersByKey<Row extends MinuteRow>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Map<string, string> {
  return new Map(rows.map((row) => [keyOf(row), rowOf(countersOf(row.counts))]));
}

function rowDifferences(
  what: string,
  found: Map<string, string>,
  count: Iterable<readonly [key: string, counters: Counters]>,
): string[] {
  const differences: string[] = [];
  for (const [key, counters] of count) {
    const row = found.get(key);
    found.delete(key);
    if (row === rowOf(counters)) continue;
    differences.push(`${what} ${key}: ${row ?? 'absent'}, is ${rowOf(counters)}`);
  }
  for (const key of found.keys()) differences.push(`${what} ${key} should not be`);
  return differences.slice(0, differencesMax).map((line) => line.replaceAll('\0', ' '));
}

/** Where Graphite differs from the count, point by point; absent is 0. */
export function carbonDifferences(
  points: ReadonlyMap<string, number>,
  count: CellsByKey,
  facets: FacetsByKey,
  intervalMs: number,
): string[] {
  const minutes = new Map<string, PlainCell[]>();
  for (const [key, cell] of count) {
    const [stream = '', minute = ''] = key.split('\0');
    const cells = minutes.get(`${stream}\0${minute}`) ?? [];
    minutes.set(`${stream}\0${minute}`, cells);
    cells.push(cell);
  }
  const expected = new Map<string, number>();
  for (const [key, cells] of minutes) {
    const [stream = '', minute = ''] = key.split('\0');
    const seconds = (Number(minute) * intervalMs) / 1_000;
    const base = metricBase(graphitePrefix, stream);
    for (const [metric, value] of Object.entries(
      streamPoints(base, cells.map(cellOf), intervalMs),
    )) {
      expected.set(`${metric} ${seconds}`, value);
    }
  }
  addFacetPoints(expected, facets, intervalMs);
  const differences: string[] = [];
  for (const [key, value] of expected) {
    if ((points.get(key) ?? 0) !== value) {
      differences.push(`carbon ${key}: ${points.get(key) ?? 'absent'}, is ${value}`);
    }
  }
  const progress = `${graphitePrefix}.progress.`;
  for (const [key, value] of points) {
    if (key.startsWith(progress)) continue;
    if (value !== 0 && !expected.has(key)) differences.push(`carbon ${key}: ${value}, is nothing`);
  }
  return differences.slice(0, differencesMax);
}

function addFacetPoints(
  expected: Map<string, number>,
  facets: FacetsByKey,
  intervalMs: number,
): void {
  for (const [key, counters] of facets) {
    const [stream = '', minute = '', facet = '', value = ''] = key.split('\0');
    if (facet !== askedFacet) continue;
    const base = facetBase(graphitePrefix, stream, facet, value);
    const seconds = (Number(minute) * intervalMs) / 1_000;
    tellFacet({ facet, counts: countsOf(counters) }, intervalMs, (name, told) => {
      expected.set(`${base}${name} ${seconds}`, told);
    });
  }
}

/**
 * Minutes of which Graphite wasn't told how many watched over all streams, be it nobody, or that a
 * partition has closed them.
 */
export function untoldDifferences(
  points: ReadonlyMap<string, number>,
  minutes: readonly number[],
  { intervalMs, partialPartitions }: Pick<ClusterSettings, 'intervalMs' | 'partialPartitions'>,
): string[] {
  const metrics = [
    `${metricBase(graphitePrefix, allStreams)}.viewers`,
    ...Array.from({ length: partialPartitions }, (_, at) => closedMetric(graphitePrefix, at)),
  ];
  return metrics
    .flatMap((metric) =>
      minutes
        .filter((minute) => !points.has(`${metric} ${(minute * intervalMs) / 1_000}`))
        .map((minute) => `carbon: ${metric} of minute ${minute} is not told`),
    )
    .slice(0, differencesMax);
}
