import { decodeNamePart, metricBase, type ReadableColumns } from '../../graphite/index.js';
import { allStreams } from '../../schemas/index.js';
import { portalLimits } from '../limits.js';
import type { StreamCatalog } from '../stream-catalog.js';
import type { ClosedMinutes } from './closed-minutes.js';
import { figuresOf } from './figures.js';
import { closedSteps, partitionOfSubject, type Naming } from './known-steps.js';
import type { MetricsSubject } from './metrics-reader.js';
import { namePatterns, packed } from './name-patterns.js';
import type { Values } from './step-values.js';
import { timesOf } from './steps.js';
import { subjectOf, totalSubject } from './subjects.js';

export interface LatestMinuteOptions extends Naming {
  readonly columns: ReadableColumns;
  readonly catalog: Pick<StreamCatalog, 'streams' | 'registeredAtMs' | 'hadPredecessor'>;
  readonly now: () => number;
}

/** A subject's latest minute, and its viewers in the minutes before; null: not known. */
export interface LatestRow {
  readonly viewers: number | null;
  readonly viewersByQuality: Readonly<Record<string, number>>;
  readonly cdnBytes: number | null;
  readonly peerBytes: number | null;
  /** The start of the minute that the figures are of; null: there are no figures. */
  readonly minuteAtMs: number | null;
  readonly viewersHistory: Values;
}

/** What was read of all subjects at one moment, or of the first of them. */
export interface LatestMinute {
  readonly atMs: number;
  readonly furthestMs: number | null;
  readonly streams: number;
  /** Streams whose rows are still to come. */
  readonly unread: number;
  /** Starts of the minutes of each row's history. */
  readonly times: readonly number[];
  /** By stream; undefined: all together, which are there from the first on. */
  readonly rows: ReadonlyMap<string | undefined, LatestRow>;
  readonly unreadable: readonly string[];
}

/**
 * Reads the latest minute of all subjects in parts: each has what those before it had, and the last
 * one has all. With many streams the first one has what they have together. One request is made at
 * a time, so that others get their answers in between. Throws AppError `graphite_unavailable`.
 */
export async function* latestMinute(
  options: LatestMinuteOptions,
  closed: ClosedMinutes,
): AsyncGenerator<LatestMinute, void> {
  const { prefix, catalog, now } = options;
  const atMs = now();
  const streams = catalog.streams().map((stream) => subjectOf(catalog, stream, atMs));
  const total = totalSubject(streams, atMs);
  const subjects = new Map(streams.map((one) => [metricBase(prefix, one.stream), one]));
  const reading = new LatestReading(options, closed);
  const rows = new Map<string | undefined, LatestRow>();
  const { fromMs, untilMs, stepMs } = closed.figures;
  for (const { bases, patterns } of partsOf([...subjects.keys()], metricBase(prefix, allStreams))) {
    await reading.read(patterns);
    rows.set(undefined, rows.get(undefined) ?? reading.rowOf(total));
    for (const base of bases) {
      const subject = subjects.get(base);
      if (subject !== undefined) rows.set(subject.stream, reading.rowOf(subject));
    }
    yield {
      atMs: now(),
      furthestMs: closed.furthestMs,
      streams: streams.length,
      unread: streams.length + 1 - rows.size,
      times: timesOf({ fromMs, untilMs, stepMs }),
      rows: new Map(rows),
      unreadable: reading.unreadable,
    };
  }
}

interface Part {
  /** The streams that it has, by the beginning of their metrics' names. */
  readonly bases: readonly string[];
  readonly patterns: readonly string[];
}

/** Streams by patterns, as many as come in one answer. */
function* partsOf(streams: readonly string[], total: string): Generator<Part> {
  const { streamsAtOnceMax, streamsPerRequestMax } = portalLimits;
  let first = [total];
  if (streams.length > streamsAtOnceMax) {
    yield { bases: [], patterns: first };
    first = [];
  }
  const all = namePatterns(streams, streamsPerRequestMax);
  for (const pack of packed(all, streamsPerRequestMax)) {
    const patterns = [...first, ...pack.map(({ pattern }) => pattern)];
    yield { bases: pack.flatMap(({ names }) => names), patterns };
    first = [];
  }
}

/** What answers of Graphite told, by base and then by what is after it. */
type Groups = Map<string, Map<string, Float64Array>>;

interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What Graphite has told so far of one look at all subjects. */
class LatestReading {
  readonly #viewers: Groups = new Map();
  readonly #others: Groups = new Map();
  readonly #unreadable = new Set<string>();
  readonly #closedSteps = new Map<number, Uint8Array>();

  constructor(
    private readonly options: LatestMinuteOptions,
    private readonly closed: ClosedMinutes,
  ) {}

  get unreadable(): readonly string[] {
    return [...this.#unreadable].sort();
  }

  async read(bases: readonly string[]): Promise<void> {
    const { fromMs, untilMs } = this.closed.figures;
    const viewers = bases.map((base) => `${base}.viewers`);
    await this.#read(viewers, { fromMs, untilMs }, this.#viewers);
    await this.#read(bases.flatMap(otherTargets), this.#othersWindow(), this.#others);
  }

  rowOf({ stream, knownFromMs, ownFromMs }: MetricsSubject): LatestRow {
    const { prefix, intervalMs } = this.options;
    return rowOf(metricBase(prefix, stream ?? allStreams), this.#viewers, this.#others, {
      times: timesOf(this.closed.figures),
      closed: this.#stepsOf(partitionOfSubject(stream, this.options)),
      fromMs: knownFromMs,
      ownFromMs,
      unreadable: this.#unreadable,
      othersFromMs: this.#othersWindow().fromMs,
      intervalMs,
    });
  }

  async #read(targets: readonly string[], window: Window, into: Groups): Promise<void> {
    const { columns, intervalMs, prefix } = this.options;
    const figures = figuresOf(await columns({ targets, ...window }), window, intervalMs);
    addByBase(into, figures.columns, prefix);
    for (const name of figures.unreadable) this.#unreadable.add(name);
  }

  #stepsOf(partition: number): Uint8Array {
    const { figures, toldSinceMs } = this.closed;
    const steps =
      this.#closedSteps.get(partition) ??
      closedSteps(figures, partition, this.options, toldSinceMs);
    this.#closedSteps.set(partition, steps);
    return steps;
  }

  /** The last minutes that anybody has closed: in case that some are one behind. */
  #othersWindow(): Window {
    const { furthestMs, figures } = this.closed;
    const { intervalMs } = this.options;
    const untilMs = Math.max(furthestMs ?? 0, figures.fromMs + 2 * intervalMs);
    return { fromMs: untilMs - 2 * intervalMs, untilMs };
  }
}

/** What the list of streams shows besides viewers. */
function otherTargets(base: string): string[] {
  return ['bytes.cdn', 'bytes.p2p', 'viewers_by_quality.*'].map((metric) => `${base}.${metric}`);
}

/** By the stream (or total) that columns are of, so that many don't search each other's. */
function addByBase(
  groups: Groups,
  columns: ReadonlyMap<string, Float64Array>,
  prefix: string,
): void {
  const total = metricBase(prefix, allStreams);
  for (const [name, values] of columns) {
    const end = name.indexOf('.', `${prefix}.streams.`.length);
    const base = name.startsWith(`${total}.`) ? total : name.slice(0, end);
    const group = groups.get(base) ?? new Map<string, Float64Array>();
    groups.set(base, group.set(name.slice(base.length + 1), values));
  }
}

interface KnownOf {
  readonly times: readonly number[];
  readonly closed: Uint8Array;
  readonly fromMs: number;
  readonly ownFromMs: number;
  readonly unreadable: ReadonlySet<string>;
  /** The start of the minutes that were read of all but viewers. */
  readonly othersFromMs: number;
  readonly intervalMs: number;
}

function rowOf(base: string, viewers: Groups, others: Groups, known: KnownOf): LatestRow {
  const { times, closed, intervalMs, othersFromMs, ownFromMs } = known;
  const knownFromMs = Math.floor(known.fromMs / intervalMs) * intervalMs;
  const isOwn = (index: number): boolean => (times[index] ?? 0) >= ownFromMs;
  const isKnown = (index: number): boolean =>
    closed[index] === 1 && isOwn(index) && (times[index] ?? 0) >= knownFromMs;
  const own = viewers.get(base)?.get('viewers');
  const isUnreadable = known.unreadable.has(`${base}.viewers`);
  const viewersHistory = times.map((_, index) => {
    const value = own?.[index] ?? NaN;
    if (isUnreadable || !isOwn(index)) return null;
    return Number.isNaN(value) ? (isKnown(index) ? 0 : null) : value;
  });
  const last = closed.lastIndexOf(1);
  const minuteAtMs = times[last] ?? null;
  const place = minuteAtMs === null ? -1 : Math.round((minuteAtMs - othersFromMs) / intervalMs);
  const ofBase = isOwn(last) ? others.get(base) : undefined;
  const sum = (metric: string): number | null => {
    if (known.unreadable.has(`${base}.${metric}`)) return null;
    const value = ofBase?.get(metric)?.[place] ?? NaN;
    return Number.isNaN(value) ? (place >= 0 && isKnown(last) ? 0 : null) : value;
  };
  return {
    viewers: viewersHistory[last] ?? null,
    viewersByQuality: qualitiesAt(ofBase, place),
    cdnBytes: sum('bytes.cdn'),
    peerBytes: sum('bytes.p2p'),
    minuteAtMs,
    viewersHistory,
  };
}

function qualitiesAt(
  columns: ReadonlyMap<string, Float64Array> | undefined,
  place: number,
): Record<string, number> {
  const group = 'viewers_by_quality.';
  const qualities: [string, number][] = [];
  for (const [name, values] of columns ?? []) {
    if (!name.startsWith(group)) continue;
    const quality = decodeNamePart(name.slice(group.length));
    const value = values[place] ?? 0;
    if (quality !== undefined && value > 0) qualities.push([quality, value]);
  }
  return Object.fromEntries(qualities);
}
