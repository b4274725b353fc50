import { metricBase, type ReadableColumns } from '../../graphite/index.js';
import { allStreams } from '../../schemas/index.js';
import { portalLimits } from '../limits.js';
import {
  freshnessOf,
  type ClosedMinutes,
  type ClosedReader,
  type Freshness,
} from './closed-minutes.js';
import type { Figures } from './figures.js';
import { FiguresReader } from './figures-reader.js';
import { GroupReader, nameOfGroup } from './group-reader.js';
import type { StreamGroup } from './group-reading.js';
import { closedSteps, closedTargets, partitionOfSubject, type Naming } from './known-steps.js';
import { ownPart } from './own-part.js';
import { rangeSeries, type RangeSeries } from './range-series.js';
import { namesOf, readFor, targetsOf, type SeriesChoice } from './series-choice.js';
import { SharedAnswers } from './shared-answer.js';
import { StepValues, type Values } from './step-values.js';
import { alignedTo, timesOf, type Steps } from './steps.js';

export interface MetricsReaderOptions extends Naming {
  readonly columns: ReadableColumns;
  readonly closed: ClosedReader;
  readonly now: () => number;
}

/** A stream and since when it is known; undefined: all streams together. */
export interface MetricsSubject {
  readonly stream: string | undefined;
  readonly knownFromMs: number;
  /** What is told from before it is of a deleted stream that had the key; 0: nothing is. */
  readonly ownFromMs: number;
}

/**
 * What is known of a subject. `current`: somebody watched in the last minute; `idle`: nobody did;
 * `late`: its partition alone is behind; `stale`: all are; `no_data`: nothing was ever told.
 */
export type FiguresState = 'current' | 'idle' | Exclude<Freshness, 'fresh'>;

export interface RangeMetrics {
  readonly state: FiguresState;
  /** Up to here the subject's figures are known; null: none are. */
  readonly closedUntilMs: number | null;
  readonly lastMinuteAtMs: number | null;
  readonly stepMs: number;
  readonly times: readonly number[];
  readonly series: RangeSeries;
}

/** What a caller folds what was read into: one base and its closed steps. */
export interface RangeValues {
  readonly steps: Steps;
  readonly valuesOf: (base: string) => StepValues;
  /** The names of what was read, and of what can't be. */
  readonly names: () => Iterable<string>;
}

const onlyViewers: SeriesChoice = new Set(['viewers']);

/** Reads ranges of figures from Graphite. Rejects with AppError `graphite_unavailable`. */
export class MetricsReader {
  readonly intervalMs: number;
  /** First part of all names in Graphite. */
  readonly prefix: string;
  readonly #figures: FiguresReader;
  readonly #shared: SharedAnswers<RangeMetrics>;
  readonly #group: GroupReader;
  readonly #ofGroups: SharedAnswers<{ readonly steps: Steps; readonly series: RangeSeries }>;

  constructor(private readonly options: MetricsReaderOptions) {
    this.intervalMs = options.intervalMs;
    this.prefix = options.prefix;
    this.#figures = new FiguresReader(options);
    this.#group = new GroupReader(options);
    const { nowValuesAgeMsMax, refreshShare } = portalLimits;
    this.#shared = new SharedAnswers(nowValuesAgeMsMax, options.now);
    this.#ofGroups = new SharedAnswers(nowValuesAgeMsMax, options.now, refreshShare);
  }

  /**
   * The figures of a subject in some steps, once for all that ask about the same time. Series that
   * aren't chosen may be empty.
   */
  range(subject: MetricsSubject, steps: Steps, choice?: SeriesChoice): Promise<RangeMetrics> {
    const { stream, knownFromMs, ownFromMs } = subject;
    const { fromMs, untilMs, stepMs } = steps;
    const read = readFor(choice);
    const since = [knownFromMs, ownFromMs];
    const key = JSON.stringify([stream, ...since, fromMs, untilMs, stepMs, namesOf(read)]);
    return this.#shared.get(key, () => this.#range(subject, steps, read));
  }

  /** Up to where the figures of a subject or group are known by now; null: none are. */
  async closedUntilMs(subject: MetricsSubject | StreamGroup): Promise<number | null> {
    const closed = await this.options.closed.get();
    const partition =
      'members' in subject
        ? this.#slowestOf(subject, closed)
        : partitionOfSubject(subject.stream, this.options);
    return closed.untilMs[partition] ?? null;
  }

  /**
   * The figures of several streams, added up: once for all that ask until another minute is closed,
   * or for a while that is long beside the reading.
   */
  async groupRange(group: StreamGroup, steps: Steps, choice?: SeriesChoice): Promise<RangeMetrics> {
    const closed = await this.options.closed.get();
    const read = readFor(choice);
    const { fromMs, untilMs, stepMs } = steps;
    const times = [fromMs, untilMs, stepMs, ...closed.untilMs];
    const key = [nameOfGroup(group), ...times, namesOf(read)].join(' ');
    const { steps: told, series } = await this.#ofGroups.get(key, async () => {
      const { values, ...rest } = await this.#group.values(group, steps, read);
      return { ...rest, series: rangeSeries(values, rest.steps.stepMs, read) };
    });
    return this.#answer(closed, this.#slowestOf(group, closed), told, series);
  }

  /** The viewers of a subject or group in these steps, or coarser ones where there are no finer. */
  async viewers(
    subject: MetricsSubject | StreamGroup,
    steps: Steps,
  ): Promise<{ readonly steps: Steps; readonly viewers: Values }> {
    if ('members' in subject) {
      const { values, ...rest } = await this.#group.values(subject, steps, onlyViewers);
      return { ...rest, viewers: values.of('viewers') };
    }
    const base = metricBase(this.prefix, subject.stream ?? allStreams);
    const wanted = { key: `${base} peak`, targets: [`${base}.viewers`] };
    const { valuesOf, ...rest } = await this.values(subject, wanted, steps);
    return { steps: rest.steps, viewers: valuesOf(base).of('viewers', 'mean') };
  }

  /**
   * What was read of these targets below a stream, and what of it is known. `key` names the
   * targets, for those who ask next.
   */
  async values(
    subject: MetricsSubject,
    asked: { readonly key: string; readonly targets: readonly string[] },
    steps: Steps,
  ): Promise<RangeValues> {
    const naming = this.options;
    const partition = partitionOfSubject(subject.stream, naming);
    const toldSinceMs = await naming.closed.toldSinceMs();
    const closedOf = (figures: Figures): Uint8Array =>
      closedSteps(figures, partition, naming, toldSinceMs);
    const isWhole = (figures: Figures): boolean => closedOf(figures).at(-1) === 1;
    const wanted = { ...asked, closedTargets: closedTargets(partition, naming), isWhole };
    const parts = await this.#figures.parts(wanted, steps);
    const pointMs = Math.max(steps.stepMs, ...parts.map((part) => part.stepMs));
    if (pointMs > steps.stepMs) {
      return this.values(subject, asked, alignedTo(pointMs, steps.fromMs, steps.untilMs));
    }
    const { intervalMs } = naming;
    const known = parts.map((figures) => {
      const isOfMinutes = figures.stepMs === intervalMs;
      const part = { figures, closed: closedOf(figures), isOfMinutes };
      return ownPart(part, subject.ownFromMs);
    });
    const knownFromMs = Math.floor(subject.knownFromMs / intervalMs) * intervalMs;
    return {
      steps,
      valuesOf: (base) => new StepValues(base, known, steps, knownFromMs),
      names: () =>
        new Set(known.flatMap(({ figures }) => [...figures.columns.keys(), ...figures.unreadable])),
    };
  }

  async #range(subject: MetricsSubject, asked: Steps, read: SeriesChoice): Promise<RangeMetrics> {
    const base = metricBase(this.options.prefix, subject.stream ?? allStreams);
    const [closed, { steps, valuesOf }] = await Promise.all([
      this.options.closed.get(),
      this.values(
        subject,
        { key: `${base} ${namesOf(read)}`, targets: targetsOf(base, read) },
        asked,
      ),
    ]);
    const partition = partitionOfSubject(subject.stream, this.options);
    return this.#answer(closed, partition, steps, rangeSeries(valuesOf(base), steps.stepMs, read));
  }

  /** Of the partitions that have a group's streams, the one that has closed least. */
  #slowestOf({ members }: StreamGroup, { untilMs }: ClosedMinutes): number {
    const partitions = members.map(({ stream }) => partitionOfSubject(stream, this.options));
    return partitions.reduce((last, one) =>
      (untilMs[one] ?? 0) < (untilMs[last] ?? 0) ? one : last,
    );
  }

  #answer(
    closed: ClosedMinutes,
    partition: number,
    steps: Steps,
    series: RangeSeries,
  ): RangeMetrics {
    const { intervalMs } = this;
    const closedUntilMs = closed.untilMs[partition] ?? null;
    const times = timesOf(steps);
    const isPast = closedUntilMs !== null && steps.untilMs <= closedUntilMs;
    const freshness = isPast ? 'fresh' : freshnessOf(closed, partition, intervalMs);
    const last = series.viewers.findLastIndex((value) => value !== null);
    const state = stateOf(freshness, series.viewers[last] ?? null);
    const lastMinuteAtMs = isPast
      ? last === -1
        ? null
        : steps.fromMs + (last + 1) * steps.stepMs - intervalMs
      : closedUntilMs === null
        ? null
        : closedUntilMs - intervalMs;
    return { state, closedUntilMs, lastMinuteAtMs, stepMs: steps.stepMs, times, series };
  }
}

/** `viewers`: in the last minute that is known; null: none is. */
export function stateOf(freshness: Freshness, viewers: number | null): FiguresState {
  if (freshness !== 'fresh') return freshness;
  if (viewers === null) return 'no_data';
  return viewers > 0 ? 'current' : 'idle';
}
