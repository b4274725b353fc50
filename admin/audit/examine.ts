import type {
  FullFacetMinuteRow,
  MinuteSpan,
  StreamMinuteRow,
  StreamSize,
} from '../../clickhouse/index.js';
import { allStreams } from '../../schemas/index.js';
import { isAtBound, wrongCells, type AuditRow, type WrongCell } from './cells.js';
import { withUntoldRows } from './facets.js';
import { chunkMax, chunksOf, minutesPerChunk, piecesOf, type Chunk } from './chunks.js';
import type { Difference } from './differences.js';
import { groupBy } from '../../service/group-by.js';
import {
  expectedClosed,
  expectedFacetPoints,
  expectedPoints,
  firstMinuteOf,
  pointDifferences,
  type MetricPoints,
} from './points.js';

/** What Graphite has of a stream. */
export interface PointsFound {
  readonly points: MetricPoints | undefined;
  /** Metrics that it has and can't read. */
  readonly unreadable: readonly string[];
}

/** Where an audit reads from. */
export interface AuditSources {
  /** The streams with raw announces or cells in the span; of those given, if any are. */
  sizes(span: MinuteSpan, streams: readonly string[]): Promise<readonly StreamSize[]>;
  counted(streams: readonly string[], span: MinuteSpan): Promise<readonly StreamMinuteRow[]>;
  countedOverAll(span: MinuteSpan): Promise<readonly StreamMinuteRow[]>;
  stored(streams: readonly string[], span: MinuteSpan): Promise<readonly StreamMinuteRow[]>;
  /** But for what is left of the streams' totals. */
  countedFacets(
    streams: readonly string[],
    span: MinuteSpan,
  ): Promise<readonly FullFacetMinuteRow[]>;
  storedFacets(
    streams: readonly string[],
    span: MinuteSpan,
  ): Promise<readonly FullFacetMinuteRow[]>;
  /** The streams that Graphite has anything of. */
  graphiteStreams(): Promise<readonly string[]>;
  /** No points where Graphite has none of single minutes any more. */
  points(stream: string, span: MinuteSpan): Promise<PointsFound>;
  /** The streams that have facets in Graphite. */
  facetStreams(): Promise<readonly string[]>;
  facetPoints(stream: string, span: MinuteSpan): Promise<PointsFound>;
  /** What says how far each partition has closed. */
  closedPoints(span: MinuteSpan): Promise<PointsFound>;
}

export interface AuditOptions {
  readonly span: MinuteSpan;
  /** None: all, and the figures over all streams. */
  readonly streams: readonly string[];
  readonly graphitePrefix: string;
  /** How many partitions have to tell of each minute that they have closed it. */
  readonly partialPartitions: number;
  readonly intervalMs: number;
}

/** What was seen in some streams and minutes. */
export interface Finding {
  /** What is stored now, for the versions. */
  readonly stored: readonly AuditRow[];
  readonly wrongCells: readonly WrongCell[];
  readonly wrongPoints: readonly Difference[];
  /** How many cells, facets' values among them, and points were compared. */
  readonly cells: number;
  readonly points: number;
  /** How many of the cells should have a sum at its bound. */
  readonly cellsAtBound: number;
  /**
   * Minutes of which Graphite has no points of their own any more, which were not compared there.
   */
  readonly notInGraphite?: MinuteSpan;
  /** Metrics that Graphite has and can't read, which were not compared. */
  readonly unreadable: readonly string[];
}

/** Compares the count with both sinks, a bounded part after the other. */
export async function* examine(
  sources: AuditSources,
  options: AuditOptions,
): AsyncGenerator<Finding> {
  const isOfAll = options.streams.length === 0;
  const known = isOfAll ? await sources.graphiteStreams() : options.streams;
  const withFacets = new Set(await sources.facetStreams());
  let closedFrom = isOfAll ? await closedBefore(sources, options.span) : undefined;
  for (const block of piecesOf(options.span, chunkMax.minutes)) {
    const sizes = withStreams(await sources.sizes(block, options.streams), known);
    for (const { streams, span } of chunksOf(sizes, block)) {
      yield* examineStreams(sources, options, { streams, span, withFacets });
    }
    if (!isOfAll) continue;
    const announces = sizes.reduce((sum, size) => sum + size.announces, 0);
    for (const span of piecesOf(block, minutesPerChunk(announces, block))) {
      const counted = await sources.countedOverAll(span);
      yield await examinePoints(sources, options, allStreams, counted, span);
      const closed = await sources.closedPoints(span);
      closedFrom ??= firstMinuteOf(closed.points);
      yield examineClosed(options, span, closed, closedFrom);
    }
  }
}

function withStreams(sizes: readonly StreamSize[], streams: readonly string[]): StreamSize[] {
  const present = new Set(sizes.map(({ stream }) => stream));
  const added = streams.filter((stream) => !present.has(stream));
  return [...sizes, ...added.map((stream) => ({ stream, announces: 0, rows: 0 }))];
}

async function* examineStreams(
  sources: AuditSources,
  options: AuditOptions,
  { streams, span, withFacets }: Chunk & { readonly withFacets: ReadonlySet<string> },
): AsyncGenerator<Finding> {
  const counted = await sources.counted(streams, span);
  const stored = await sources.stored(streams, span);
  const facets = await sources.countedFacets(streams, span);
  const storedFacets = await sources.storedFacets(streams, span);
  const countedOf = groupBy(counted, ({ stream }) => stream);
  const facetsOf = groupBy(facets, ({ stream }) => stream);
  const storedOf = groupBy<AuditRow, string>([...stored, ...storedFacets], (row) => row.stream);
  for (const stream of streams) {
    const cells = countedOf.get(stream) ?? [];
    const ofGraphite = await examinePoints(sources, options, stream, cells, span);
    const told = withUntoldRows(cells, facetsOf.get(stream) ?? [], options.intervalMs);
    if (withFacets.has(stream)) {
      yield await examineFacetPoints(sources, options, stream, told, span);
    }
    const [should, is] = [[...cells, ...told], storedOf.get(stream) ?? []];
    const wrong = wrongCells(should, is, options.intervalMs);
    yield {
      ...ofGraphite,
      stored: is,
      wrongCells: wrong,
      cells: Math.max(should.length, is.length),
      cellsAtBound: should.filter(isAtBound).length,
    };
  }
}

async function examineFacetPoints(
  sources: AuditSources,
  { graphitePrefix: prefix, intervalMs }: AuditOptions,
  stream: string,
  facets: readonly FullFacetMinuteRow[],
  span: MinuteSpan,
): Promise<Finding> {
  const { points: found = new Map(), unreadable } = await sources.facetPoints(stream, span);
  const expected = expectedFacetPoints(stream, facets, found, { prefix, intervalMs });
  return findingOfPoints(stream, expected, found, unreadable);
}

/**
 * The first minute that any partition told to have closed in as many minutes before the span as are
 * read at once, so that a span of which none told is noticed.
 */
async function closedBefore(sources: AuditSources, span: MinuteSpan): Promise<number | undefined> {
  const before = { from: Math.max(0, span.from - chunkMax.minutes), to: span.from - 1 };
  return before.to < 0 ? undefined : firstMinuteOf((await sources.closedPoints(before)).points);
}

/** Every partition has to have closed each minute from `closedFrom` on. */
function examineClosed(
  { graphitePrefix, partialPartitions }: AuditOptions,
  span: MinuteSpan,
  { points: found, unreadable }: PointsFound,
  closedFrom = Infinity,
): Finding {
  if (found === undefined) return notInGraphite(span, unreadable);
  const told = { from: Math.max(closedFrom, span.from), to: span.to };
  const expected = expectedClosed(graphitePrefix, partialPartitions, told);
  return findingOfPoints(allStreams, expected, found, unreadable);
}

async function examinePoints(
  sources: AuditSources,
  { graphitePrefix, intervalMs }: AuditOptions,
  stream: string,
  counted: readonly StreamMinuteRow[],
  span: MinuteSpan,
): Promise<Finding> {
  const { points: found, unreadable } = await sources.points(stream, span);
  if (found === undefined) return notInGraphite(span, unreadable);
  const times = { prefix: graphitePrefix, intervalMs };
  const expected = expectedPoints(stream, counted, span, times);
  return findingOfPoints(stream, expected, found, unreadable);
}

function notInGraphite(span: MinuteSpan, unreadable: readonly string[]): Finding {
  const nothing = { stored: [], wrongCells: [], cells: 0, cellsAtBound: 0, unreadable };
  return { ...nothing, wrongPoints: [], points: 0, notInGraphite: span };
}

/** Compares all points but those of metrics that Graphite can't read. */
function findingOfPoints(
  stream: string,
  expected: MetricPoints,
  found: MetricPoints,
  unreadable: readonly string[],
): Finding {
  const readable = new Map(expected);
  for (const metric of unreadable) readable.delete(metric);
  const points = [...readable.values()].reduce((sum, values) => sum + values.size, 0);
  const wrongPoints = pointDifferences(stream, readable, found);
  const noCells = { stored: [], wrongCells: [], cells: 0, cellsAtBound: 0 };
  return { ...noCells, unreadable, wrongPoints, points };
}
