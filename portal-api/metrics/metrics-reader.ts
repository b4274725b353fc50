import { portalLimits } from '../limits.js';
import { nowValues, type NowValues } from './now-values.js';
import { progressOf, type Progress } from './progress.js';
import { minuteTimes, rangeSeries, type RangeSeries } from './range-metrics.js';
import {
  allTargets,
  metricBase,
  type Render,
  type Series,
  type SeriesPoints,
} from '../../graphite/index.js';
import { allStreams } from '../../schemas/index.js';

export interface MetricsReaderOptions {
  readonly render: Render;
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
    const { render, prefix, intervalMs, now } = this.#options;
    const totalViewers = `${metricBase(prefix, allStreams)}.viewers`;
    const base = this.#base(subject);
    const targets = allTargets(base);
    if (subject.stream !== undefined) targets.push(totalViewers);
    const series = await render({ targets, fromMs, untilMs });
    const ownViewers = pointsOf(series, `${base}.viewers`);
    const allViewers = pointsOf(series, totalViewers);
    // What was written of the stream itself is as good a sign, should there be none over all.
    const sign = allViewers.size > 0 ? allViewers : ownViewers;
    const progress = progressOf(sign, { fromMs, untilMs }, intervalMs, now());
    const times = minuteTimes(fromMs, untilMs, intervalMs);
    const { knownUntilMs } = progress;
    const knownFromMs = Math.floor(subject.knownFromMs / intervalMs) * intervalMs;
    const options = { base, fromMs, untilMs, intervalMs, knownFromMs, knownUntilMs };
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
    const totalViewers = pointsOf(viewers, `${metricBase(prefix, allStreams)}.viewers`);
    const progress = progressOf(totalViewers, { fromMs, untilMs }, intervalMs, now());
    const { lastMinuteAtMs } = progress;
    const others =
      lastMinuteAtMs === null
        ? []
        : await render({
            targets: nowTargets(prefix),
            fromMs: lastMinuteAtMs - intervalMs,
            untilMs: lastMinuteAtMs + intervalMs,
          });
    const times = minuteTimes(fromMs, untilMs, intervalMs);
    const byBase = groupByBase([...viewers, ...others], prefix);
    const valuesOf = (subject: MetricsSubject): NowValues => {
      const base = this.#base(subject);
      const { knownFromMs } = subject;
      const { knownUntilMs } = progress;
      const options = { base, fromMs, untilMs, intervalMs, knownFromMs, knownUntilMs };
      return nowValues(byBase.get(base) ?? [], times, options, progress);
    };
    const knownFromMs = Math.min(...subjects.map((subject) => subject.knownFromMs));
    return {
      ...progress,
      times,
      total: valuesOf({ stream: undefined, knownFromMs }),
      streams: subjects.map(valuesOf),
    };
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
