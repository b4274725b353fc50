import { portalLimits } from '../limits.js';
import { nowValues, type NowValues } from './now-values.js';
import { progressOf, type Progress } from './progress.js';
import { minuteTimes, rangeSeries, type RangeSeries } from './range-metrics.js';
import {
  allTargets,
  metricBase,
  type ReadableRender,
  type Series,
  type SeriesPoints,
} from '../../graphite/index.js';
import { allStreams } from '../../schemas/index.js';

export interface MetricsReaderOptions {
  readonly render: ReadableRender;
  readonly prefix: string;
  readonly intervalMs: number;
  readonly now: () => number;
}

/** A stream and since when it is known; undefined: all streams together. */
export interface MetricsSubject {
  readonly stream: string | undefined;
  readonly knownFromMs: number;
}

export interface RangeMetrics extends Progress {
  readonly times: readonly number[];
  readonly series: RangeSeries;
}

export interface NowMetrics extends Progress {
  /** Starts of the minutes of `viewersHistory`. */
  readonly times: readonly number[];
  readonly total: NowValues;
  /** In the order of the subjects. */
  readonly streams: readonly NowValues[];
  /** Names of series that Graphite has and can't read, of those that were asked for. */
  readonly unreadable: readonly string[];
}

const noPoints: SeriesPoints = new Map();

function pointsOf(series: readonly Series[], name: string): SeriesPoints {
  return series.find((one) => one.name === name)?.points ?? noPoints;
}

/** Reads metrics from Graphite. Rejects with AppError `graphite_unavailable`. */
export class MetricsReader {
  readonly intervalMs: number;
  readonly #options: MetricsReaderOptions;

  constructor(options: MetricsReaderOptions) {
    this.#options = options;
    this.intervalMs = options.intervalMs;
  }

  /** Every metric of a subject in the minutes of [fromMs, untilMs), both starts of minutes. */
  async range(subject: MetricsSubject, fromMs: number, untilMs: number): Promise<RangeMetrics> {
    const { render, prefix, intervalMs } = this.#options;
    const totalViewers = `${metricBase(prefix, allStreams)}.viewers`;
    const base = this.#base(subject);
    const targets = allTargets(base);
    if (subject.stream !== undefined) targets.push(totalViewers);
    const { series, unreadable } = await render({ targets, fromMs, untilMs });
    const ownViewers = pointsOf(series, `${base}.viewers`);
    const allViewers = pointsOf(series, totalViewers);
    // What was written of the stream itself is as good a sign, should there be none over all.
    const told = allViewers.size > 0 ? allViewers : ownViewers;
    const progress = await this.#progress(told, fromMs, untilMs);
    const times = minuteTimes(fromMs, untilMs, intervalMs);
    const knownFromMs = Math.floor(subject.knownFromMs / intervalMs) * intervalMs;
    const options = { base, intervalMs, told, knownFromMs, unreadable: new Set(unreadable) };
    const isSilent = ownViewers.size === 0 && progress.state !== 'stale';
    return {
      ...progress,
      ...(isSilent ? { state: 'no_data' as const } : {}),
      times,
      series: rangeSeries(series, times, options),
    };
  }

  /** The latest figures of each subject and over all streams. */
  async now(subjects: readonly MetricsSubject[]): Promise<NowMetrics> {
    const { render, prefix, intervalMs, now } = this.#options;
    const untilMs = (Math.floor(now() / intervalMs) + 1) * intervalMs;
    const fromMs = untilMs - portalLimits.sparklineMinutes * intervalMs;
    const viewers = await render({ targets: viewersTargets(prefix), fromMs, untilMs });
    const told = pointsOf(viewers.series, `${metricBase(prefix, allStreams)}.viewers`);
    const progress = await this.#progress(told, fromMs, untilMs);
    const { lastMinuteAtMs } = progress;
    const others =
      lastMinuteAtMs === null || lastMinuteAtMs < fromMs
        ? { series: [], unreadable: [] }
        : await render({
            targets: nowTargets(prefix),
            fromMs: lastMinuteAtMs - intervalMs,
            untilMs: lastMinuteAtMs + intervalMs,
          });
    const times = minuteTimes(fromMs, untilMs, intervalMs);
    const byBase = groupByBase([...viewers.series, ...others.series], prefix);
    const unreadable = [...new Set([...viewers.unreadable, ...others.unreadable])].sort();
    const unknown = new Set(unreadable);
    const valuesOf = (subject: MetricsSubject): NowValues => {
      const base = this.#base(subject);
      const { knownFromMs } = subject;
      const options = { base, intervalMs, told, knownFromMs, unreadable: unknown };
      return nowValues(byBase.get(base) ?? [], times, options, progress);
    };
    const knownFromMs = Math.min(...subjects.map((subject) => subject.knownFromMs));
    return {
      ...progress,
      times,
      total: valuesOf({ stream: undefined, knownFromMs }),
      streams: subjects.map(valuesOf),
      unreadable,
    };
  }

  /** Where a range up to now has nothing, the last minute that was told may be long before it. */
  async #progress(told: SeriesPoints, fromMs: number, untilMs: number): Promise<Progress> {
    const { render, prefix, intervalMs, now } = this.#options;
    const nowMs = now();
    if (told.size > 0 || untilMs < nowMs) return progressOf(told, untilMs, intervalMs, nowMs);
    const totalViewers = `${metricBase(prefix, allStreams)}.viewers`;
    const { series } = await render({
      targets: [totalViewers],
      fromMs: Math.max(0, fromMs - portalLimits.lookBackMs),
      untilMs,
    });
    return progressOf(pointsOf(series, totalViewers), untilMs, intervalMs, nowMs);
  }

  #base({ stream }: MetricsSubject): string {
    const { prefix } = this.#options;
    return metricBase(prefix, stream ?? allStreams);
  }
}

/** The viewers of every stream, and over all. */
function viewersTargets(prefix: string): string[] {
  return [`${prefix}.streams.*.viewers`, `${metricBase(prefix, allStreams)}.viewers`];
}

/** What the list of streams shows besides viewers. */
function nowTargets(prefix: string): string[] {
  return [`${prefix}.streams.*`, metricBase(prefix, allStreams)].flatMap((base) => [
    `${base}.bytes.*`,
    `${base}.viewers_by_quality.*`,
  ]);
}

/**
 * Series by the stream (or total) that they are of, so that many streams don't search each other's.
 */
function groupByBase(series: readonly Series[], prefix: string): Map<string, Series[]> {
  const total = metricBase(prefix, allStreams);
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const end = one.name.indexOf('.', `${prefix}.streams.`.length);
    const base = one.name.startsWith(`${total}.`) ? total : one.name.slice(0, end);
    const group = groups.get(base);
    if (group === undefined) groups.set(base, [one]);
    else group.push(one);
  }
  return groups;
}
