import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { openClickHouse, type ClickHouse } from '../../clickhouse/index.js';
import { facetTargets, renderClient } from '../../graphite/index.js';
import { AppError } from '../../service/errors.js';
import { minuteOf } from '../../schemas/index.js';
import { countedAnnounces, type CountedAnnounce } from './compare-announces.js';
import type { Labels } from './facets-of-session.js';
import { expectedCells, type ExpectedCell, type Renditions } from './expected-cells.js';
import {
  comparePoints,
  expectedClosed,
  expectedFacetPoints,
  expectedPoints,
  type Points,
} from './expected-graphite.js';
import { expectedTables, facetsOf, streamMinutes } from './expected-tables.js';
import type { Holdbacks } from './plain-holdback.js';
import { Presence } from './presence.js';
import { readLedgers, type Ledger } from '../viewers/ledger.js';
import { readPoints, readRawRows, readTable, streamTargets } from './sources.js';
import { compareTables, Differences } from './tables.js';

/** Where minutes are to be found. */
export interface SinkOptions {
  readonly intervalMs: number;
  readonly clickHouse: { readonly url: string; readonly database: string };
  /** `http://host:port` of graphite-web. */
  readonly graphiteUrl: string;
  readonly graphitePrefix: string;
  /**
   * Whether these viewers are all that there are, so that the figures over all streams are theirs.
   */
  readonly withTotal: boolean;
  /** Which facets of which streams Graphite is told of; absent: none. */
  readonly graphiteFacets?: ReadonlyMap<string, readonly string[]>;
  /**
   * Of how many partitions of `rollup-partials` Graphite has to tell how far they have closed;
   * absent: it isn't compared, since earlier rollups don't tell.
   */
  readonly partialPartitions?: number;
}

export interface CompareOptions extends SinkOptions {
  readonly ledger: Ledger;
  readonly renditions: Renditions;
  /** Absent: none. */
  readonly labels?: Labels;
  readonly holdbacks?: Holdbacks;
  /** Whether trackers have a file that says where the viewers' addresses are; absent: none. */
  readonly isHomeTold?: boolean;
  /** The trackers' `viewer_salt`; absent: they have none. */
  readonly viewerSalt?: string;
  /**
   * How long trackers may take to hear who else is in a stream; absent: whom they call alone isn't
   * judged, as where brokers are away and no tracker hears of another.
   */
  readonly aloneToleranceMs?: number;
}

export interface Comparison {
  readonly differences: Differences;
  /** What has to be counted. */
  readonly cells: readonly ExpectedCell[];
  /** How many values were compared. */
  readonly values: number;
}

const graphiteTimeoutMs = 30_000;

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Reads the ledgers of viewers processes that have ended. */
export async function readLedgerFiles(paths: readonly string[]): Promise<Ledger> {
  return readLedgers(await Promise.all(paths.map((path) => readFile(path, 'utf8'))));
}

/**
 * Compares the viewers' own record with ClickHouse's raw rows, `stream_minutes` and every view, and
 * with every metric in Graphite, counter by counter.
 */
export async function compareOnce(options: CompareOptions): Promise<Comparison> {
  const clickHouse = openClickHouse({
    ...options.clickHouse,
    user: 'default',
    password: '',
    logger: silent,
  });
  try {
    return await compareWith(clickHouse, options);
  } finally {
    await clickHouse.close();
  }
}

async function compareWith(clickHouse: ClickHouse, options: CompareOptions): Promise<Comparison> {
  const { ledger, renditions, labels = new Map(), holdbacks = new Map() } = options;
  const { isHomeTold = false, viewerSalt, aloneToleranceMs, intervalMs } = options;
  const differences = new Differences();
  const streams = [...new Set([...ledger.announces.values()].map(({ stream }) => stream))];
  const raw = await readRawRows(clickHouse, streams);
  const presence =
    aloneToleranceMs === undefined ? undefined : new Presence(ledger, aloneToleranceMs);
  const registered = { renditions, labels, holdbacks, isHomeTold, viewerSalt, presence };
  const counted = countedAnnounces(ledger, raw, registered, intervalMs, differences);
  const cells = expectedCells(counted, renditions, intervalMs);
  let values = 0;
  for (const expected of expectedTables(counted, cells, renditions, intervalMs)) {
    const got = await readTable(clickHouse, expected.name, expected.keyColumns, streams);
    compareTables(expected, got, differences);
    values += expected.rows.reduce((sum, row) => sum + Object.keys(row).length, 0);
  }
  values += await compareGraphite(cells, streams, options, differences);
  values += await compareFacetPoints(counted, streams, options, differences);
  values += await compareClosed(cells, options, differences);
  return { differences, cells, values };
}

/**
 * Compares cells that were found right before with `stream_minutes` and Graphite once more: nobody
 * may have written over them since.
 */
export async function compareMinutes(
  cells: readonly ExpectedCell[],
  streams: readonly string[],
  options: SinkOptions,
): Promise<Differences> {
  const differences = new Differences();
  const clickHouse = openClickHouse({
    ...options.clickHouse,
    user: 'default',
    password: '',
    logger: silent,
  });
  try {
    const expected = streamMinutes(cells);
    const got = await readTable(clickHouse, expected.name, expected.keyColumns, streams);
    compareTables(expected, got, differences);
  } finally {
    await clickHouse.close();
  }
  await compareGraphite(cells, streams, options, differences);
  await compareClosed(cells, options, differences);
  return differences;
}

/** Resolves with the number of points compared. */
function compareGraphite(
  cells: readonly ExpectedCell[],
  streams: readonly string[],
  options: SinkOptions,
  differences: Differences,
): Promise<number> {
  const { intervalMs, graphitePrefix, withTotal } = options;
  return compareTargets(
    expectedPoints(cells, graphitePrefix, intervalMs, withTotal),
    streamTargets(graphitePrefix, streams, withTotal),
    cells.map(({ minute }) => minute),
    options,
    differences,
  );
}

/** The same of how far each partition has closed. */
async function compareClosed(
  cells: readonly ExpectedCell[],
  options: SinkOptions,
  differences: Differences,
): Promise<number> {
  const { intervalMs, graphitePrefix, partialPartitions } = options;
  if (partialPartitions === undefined || cells.length === 0) return 0;
  const minutes = cells.map(({ minute }) => minute);
  return compareTargets(
    expectedClosed(minutes, partialPartitions, graphitePrefix, intervalMs),
    [[`${graphitePrefix}.progress.*.closed`]],
    minutes,
    options,
    differences,
  );
}

const noFacets: ReadonlyMap<string, readonly string[]> = new Map();

/** The same of the facets that streams ask for. */
function compareFacetPoints(
  counted: readonly CountedAnnounce[],
  streams: readonly string[],
  options: SinkOptions,
  differences: Differences,
): Promise<number> {
  const { intervalMs, graphitePrefix, graphiteFacets = noFacets } = options;
  const facets = facetsOf(counted, intervalMs);
  return compareTargets(
    expectedFacetPoints(facets, graphiteFacets, graphitePrefix, intervalMs),
    streams
      .filter((stream) => (graphiteFacets.get(stream) ?? []).length > 0)
      .map((stream) => facetTargets(graphitePrefix, stream)),
    counted.map(({ announce }) => minuteOf(announce.time, intervalMs)),
    options,
    differences,
  );
}

/** Compares these points with what the targets find from the first to the last of the minutes. */
async function compareTargets(
  expected: Points,
  targets: readonly (readonly string[])[],
  minutes: readonly number[],
  { intervalMs, graphiteUrl }: SinkOptions,
  differences: Differences,
): Promise<number> {
  const got = await readPoints(
    renderClient({ url: graphiteUrl, timeoutMs: graphiteTimeoutMs }).render,
    targets,
    minutes.reduce((first, minute) => Math.min(first, minute), Infinity) * intervalMs,
    (minutes.reduce((last, minute) => Math.max(last, minute), 0) + 1) * intervalMs,
  );
  comparePoints(expected, got, differences);
  return [...expected.values()].reduce((sum, ofMetric) => sum + ofMetric.size, 0);
}

const pauseMs = 2_000;

/**
 * Compares until all is equal, twice in a row, so that nothing was caught on its way to being
 * wrong; or, when `waitMs` have passed, returns what still differs. Minutes have to close and sinks
 * to be written first, and after faults owners have to take over.
 */
export async function compareUntilEqual(
  options: CompareOptions,
  waitMs: number,
  signal: AbortSignal,
  onWaiting: (differences: Differences) => void = () => undefined,
): Promise<Comparison> {
  const deadlineMs = Date.now() + waitMs;
  let equalTimes = 0;
  for (;;) {
    const comparison = await compareOnce(options).catch((error: unknown) => {
      // A sink may be on its way back still, or graphite-web have met a file that carbon was just
      // making.
      const mayPass = error instanceof AppError && error.retryable && Date.now() < deadlineMs;
      if (mayPass) return undefined;
      throw error;
    });
    if (comparison === undefined) {
      equalTimes = 0;
      await pausing(signal);
      continue;
    }
    equalTimes = comparison.differences.count === 0 ? equalTimes + 1 : 0;
    if (equalTimes >= 2 || (equalTimes === 0 && Date.now() >= deadlineMs)) return comparison;
    if (equalTimes === 0) onWaiting(comparison.differences);
    await pausing(signal);
  }
}

async function pausing(signal: AbortSignal): Promise<void> {
  await wait(pauseMs, undefined, { signal }).catch((error: unknown) => {
    throw new AppError('stopped', 'stopped while comparing', { cause: error });
  });
}
