import { decodeNamePart, metricBase, type ReadableColumns } from '../../graphite/index.js';
import { allStreams } from '../../schemas/index.js';
import { portalLimits } from '../limits.js';
import { freshnessOf, type ClosedMinutes, type ClosedReader } from './closed-minutes.js';
import { figuresOf } from './figures.js';
import { closedSteps, partitionOfSubject, type Naming } from './known-steps.js';
import { stateOf, type FiguresState, type MetricsSubject } from './metrics-reader.js';
import { namePatterns } from './name-patterns.js';
import { offloadOf } from './offload.js';
import type { Values } from './step-values.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { timesOf } from './steps.js';
import { subjectOf, totalSubject } from './subjects.js';

/** A subject's latest minute, and its viewers in the minutes before. */
export interface NowValues {
  readonly state: FiguresState;
  /** Up to here its figures are known; null: none are. */
  readonly closedUntilMs: number | null;
  /** Null: not known, as are bytes. */
  readonly viewers: number | null;
  readonly viewersByQuality: Readonly<Record<string, number>>;
  readonly cdnBytes: number | null;
  readonly peerBytes: number | null;
  /** Peer bytes among all bytes that were received, 0 … 1; null when none were. */
  readonly offload: number | null;
  /** The start of the minute that the figures are of; null: none has any. */
  readonly minuteAtMs: number | null;
  readonly viewersHistory: Values;
}

/** The latest figures of all streams, at one moment. */
export interface NowFigures {
  readonly closed: ClosedMinutes;
  /** Starts of the minutes of `viewersHistory`. */
  readonly times: readonly number[];
  readonly total: NowValues;
  readonly of: (stream: string) => NowValues | undefined;
  /** Names of series that Graphite has and can't read, of those that were asked for. */
  readonly unreadable: readonly string[];
}

export interface LiveFiguresOptions extends Naming {
  readonly columns: ReadableColumns;
  readonly closed: ClosedReader;
  readonly catalog: Pick<StreamCatalog, 'streams' | 'registeredAtMs'>;
  readonly now: () => number;
}

interface Snapshot {
  readonly atMs: number;
  readonly furthestMs: number | null;
  readonly streams: number;
  readonly times: readonly number[];
  readonly rows: ReadonlyMap<string | undefined, Row>;
  readonly unreadable: readonly string[];
}

type Row = Omit<NowValues, 'state' | 'closedUntilMs' | 'offload'>;

/** What answers of Graphite told, by base and then by what is after it. */
type Groups = Map<string, Map<string, Float64Array>>;

interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * The latest figures of all streams, read for all that ask together. With many streams that takes
 * seconds: then who asks is told what is there already, and how far it goes.
 */
export class LiveFigures {
  #snapshot: Snapshot | undefined;
  #refreshing: Promise<Snapshot> | undefined;
  #refreshMs = 0;
  /** What was told last, for all that ask about the same time. */
  #told: { readonly snapshot: Snapshot; readonly figures: NowFigures } | undefined;

  constructor(private readonly options: LiveFiguresOptions) {}

  /** Reads them where they are old, so that nobody has to wait. Rejects as `now` does. */
  async refresh(): Promise<void> {
    await this.now();
  }

  /** Rejects with AppError `graphite_unavailable`. */
  async now(): Promise<NowFigures> {
    const closed = await this.options.closed.get();
    const snapshot = await this.#latest(closed);
    const told = this.#told;
    if (told?.snapshot === snapshot && told.figures.closed === closed) return told.figures;
    const figures = this.#figuresOf(snapshot, closed);
    this.#told = { snapshot, figures };
    return figures;
  }

  #figuresOf(snapshot: Snapshot, closed: ClosedMinutes): NowFigures {
    const known = new Map<string | undefined, NowValues>();
    const valuesOf = (stream: string | undefined): NowValues | undefined => {
      const row = snapshot.rows.get(stream);
      if (row === undefined) return undefined;
      const values = known.get(stream) ?? this.#valuesOf(stream, row, closed);
      known.set(stream, values);
      return values;
    };
    const total = valuesOf(undefined);
    if (total === undefined) throw new Error('a snapshot has the figures over all streams');
    const { times, unreadable } = snapshot;
    return { closed, times, total, of: valuesOf, unreadable };
  }

  #valuesOf(stream: string | undefined, row: Row, closed: ClosedMinutes): NowValues {
    const { intervalMs } = this.options;
    const partition = partitionOfSubject(stream, this.options);
    const freshness = freshnessOf(closed, partition, intervalMs);
    const closedUntilMs = closed.untilMs[partition] ?? null;
    const state = stateOf(freshness, row.viewers);
    if (freshness === 'fresh') {
      const offload = offloadOf(row.cdnBytes, row.peerBytes);
      return { ...row, state, closedUntilMs, offload };
    }
    const nothing = { viewers: null, viewersByQuality: {}, cdnBytes: null, peerBytes: null };
    const minuteAtMs = closedUntilMs === null ? null : closedUntilMs - intervalMs;
    return { ...row, ...nothing, state, closedUntilMs, offload: null, minuteAtMs };
  }

  async #latest(closed: ClosedMinutes): Promise<Snapshot> {
    const present = this.#snapshot;
    if (present !== undefined && !this.#isOld(present, closed)) return present;
    this.#refreshing ??= this.#refresh(closed);
    if (present === undefined || this.#refreshMs <= portalLimits.refreshMsMax) {
      return await this.#refreshing;
    }
    const behindMs = (closed.furthestMs ?? 0) - (present.furthestMs ?? 0);
    if (behindMs > this.options.intervalMs) return await this.#refreshing;
    // Its failure is told to who asks when there is nothing newer to be told.
    this.#refreshing.catch(() => undefined);
    return present;
  }

  #isOld({ atMs, furthestMs, streams }: Snapshot, closed: ClosedMinutes): boolean {
    if (furthestMs !== closed.furthestMs) return true;
    if (streams !== this.options.catalog.streams().length) return true;
    const ageMs = this.options.now() - atMs;
    const { nowValuesAgeMsMax, refreshShare } = portalLimits;
    return ageMs >= Math.max(nowValuesAgeMsMax, refreshShare * this.#refreshMs);
  }

  async #refresh(closed: ClosedMinutes): Promise<Snapshot> {
    const startedAtMs = this.options.now();
    try {
      this.#snapshot = await this.#read(closed);
      this.#refreshMs = this.options.now() - startedAtMs;
      return this.#snapshot;
    } finally {
      this.#refreshing = undefined;
    }
  }

  async #read(closed: ClosedMinutes): Promise<Snapshot> {
    const { intervalMs, prefix, catalog, now, columns } = this.options;
    const subjects = catalog.streams().map((stream) => subjectOf(catalog, stream, now()));
    const asked = [totalSubject(subjects, now()), ...subjects];
    const { fromMs, untilMs, stepMs } = closed.figures;
    const windows = { viewers: { fromMs, untilMs }, others: lastMinutes(closed, intervalMs) };
    const viewers: Groups = new Map();
    const others: Groups = new Map();
    const unreadable = new Set<string>();
    const read = async (targets: string[], window: Window, into: Groups): Promise<void> => {
      const figures = figuresOf(await columns({ targets, ...window }), window, intervalMs);
      addByBase(into, figures.columns, prefix);
      for (const name of figures.unreadable) unreadable.add(name);
    };
    for (const bases of this.#bases(asked)) {
      const ofViewers = bases.map((base) => `${base}.viewers`);
      await Promise.all([
        read(ofViewers, windows.viewers, viewers),
        read(bases.flatMap(otherTargets), windows.others, others),
      ]);
    }
    const times = timesOf({ fromMs, untilMs, stepMs });
    const steps = new Map<number, Uint8Array>();
    const stepsOf = (partition: number): Uint8Array => {
      const known = steps.get(partition) ?? closedSteps(closed.figures, partition, this.options);
      steps.set(partition, known);
      return known;
    };
    const rows = new Map<string | undefined, Row>();
    for (const { stream, knownFromMs } of asked) {
      const known = {
        times,
        closed: stepsOf(partitionOfSubject(stream, this.options)),
        fromMs: knownFromMs,
        unreadable,
        othersFromMs: windows.others.fromMs,
        intervalMs,
      };
      rows.set(stream, rowOf(metricBase(prefix, stream ?? allStreams), viewers, others, known));
    }
    const streams = asked.length - 1;
    const { furthestMs } = closed;
    return { atMs: now(), furthestMs, streams, times, rows, unreadable: [...unreadable].sort() };
  }

  /** Bases of all subjects, by patterns, as many as come in one answer. */
  *#bases(asked: readonly MetricsSubject[]): Generator<string[]> {
    const { prefix } = this.options;
    const { streamsPerPatternMax, streamsPerRequestMax } = portalLimits;
    const start = `${prefix}.streams.`;
    const names = asked.flatMap(({ stream }) =>
      stream === undefined ? [] : [metricBase(prefix, stream).slice(start.length)],
    );
    let bases = [metricBase(prefix, allStreams)];
    let count = 0;
    for (const { pattern, names: more } of namePatterns(names, streamsPerPatternMax)) {
      if (count + more > streamsPerRequestMax) {
        yield bases;
        bases = [];
        count = 0;
      }
      bases.push(start + pattern);
      count += more;
    }
    yield bases;
  }
}

/** The last minutes that anybody has closed: in case that some are one behind. */
function lastMinutes({ furthestMs, figures }: ClosedMinutes, intervalMs: number): Window {
  const untilMs = Math.max(furthestMs ?? 0, figures.fromMs + 2 * intervalMs);
  return { fromMs: untilMs - 2 * intervalMs, untilMs };
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
  readonly unreadable: ReadonlySet<string>;
  /** The start of the minutes that were read of all but viewers. */
  readonly othersFromMs: number;
  readonly intervalMs: number;
}

function rowOf(base: string, viewers: Groups, others: Groups, known: KnownOf): Row {
  const { times, closed, intervalMs, othersFromMs } = known;
  const knownFromMs = Math.floor(known.fromMs / intervalMs) * intervalMs;
  const isKnown = (index: number): boolean =>
    closed[index] === 1 && (times[index] ?? 0) >= knownFromMs;
  const own = viewers.get(base)?.get('viewers');
  const isUnreadable = known.unreadable.has(`${base}.viewers`);
  const viewersHistory = times.map((_, index) => {
    const value = own?.[index] ?? NaN;
    if (isUnreadable) return null;
    return Number.isNaN(value) ? (isKnown(index) ? 0 : null) : value;
  });
  const last = closed.lastIndexOf(1);
  const minuteAtMs = times[last] ?? null;
  const place = minuteAtMs === null ? -1 : Math.round((minuteAtMs - othersFromMs) / intervalMs);
  const ofBase = others.get(base);
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
