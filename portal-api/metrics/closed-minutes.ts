import { closedMetric, metricBase, type ReadableColumns } from '../../graphite/index.js';
import { allStreams } from '../../schemas/index.js';
import { portalLimits } from '../limits.js';
import { figuresOf, type Figures } from './figures.js';
import { closedSteps, firstTold, partitionOfSubject, type Naming } from './known-steps.js';
import { SharedAnswer } from './shared-answer.js';

/** How far the figures are known, by partition. */
export interface ClosedMinutes {
  readonly atMs: number;
  /** The end of the last minute that each partition has closed; null: none lately. */
  readonly untilMs: readonly (number | null)[];
  /** The furthest of them. */
  readonly furthestMs: number | null;
  /** From when on rollups tell of it for certain; null: they don't. */
  readonly toldSinceMs: number | null;
  /** What it follows from: the minutes of the last half an hour. */
  readonly figures: Figures;
}

/**
 * How fresh the figures of a subject are. `late`: others are told of minutes that its partition
 * hasn't closed; `stale`: for some minutes nobody is told of anything; `no_data`: nobody ever was.
 */
export type Freshness = 'fresh' | 'late' | 'stale' | 'no_data';

/** A partition is late so long after another one's minute was over. */
const lateAfterMs = 4_000;

export function freshnessOf(
  { atMs, untilMs, furthestMs }: Pick<ClosedMinutes, 'atMs' | 'untilMs' | 'furthestMs'>,
  partition: number,
  intervalMs: number,
): Freshness {
  if (furthestMs === null) return 'no_data';
  if (atMs - furthestMs > portalLimits.staleAfterMinutes * intervalMs) return 'stale';
  const behindMs = furthestMs - (untilMs[partition] ?? 0);
  if (behindMs === 0) return 'fresh';
  return behindMs > intervalMs || atMs - furthestMs >= lateAfterMs ? 'late' : 'fresh';
}

export interface ClosedReaderOptions extends Naming {
  readonly columns: ReadableColumns;
  readonly now: () => number;
}

/** Reads how far each partition has closed, once for all that ask about the same time. */
export class ClosedReader {
  readonly #shared: SharedAnswer<ClosedMinutes>;
  readonly #lookingBack: SharedAnswer<number | null>;
  readonly #lookingForFirst: SharedAnswer<number | null>;
  #toldSinceMs: number | null = null;

  constructor(private readonly options: ClosedReaderOptions) {
    const { now, intervalMs } = options;
    const { nowValuesAgeMsMax, lookBackAgeMsMax, sparklineMinutes } = portalLimits;
    // Once they begin to tell, it is seen for longer in the latest minutes.
    const untoldAgeMsMax = (sparklineMinutes * intervalMs) / 2;
    this.#shared = new SharedAnswer(() => this.#read(), nowValuesAgeMsMax, now);
    this.#lookingBack = new SharedAnswer(() => this.#lookBack(), lookBackAgeMsMax, now);
    this.#lookingForFirst = new SharedAnswer(() => this.#lookForFirst(), untoldAgeMsMax, now);
  }

  /**
   * Since when rollups tell which minutes are closed, as far back as is looked; null: they don't.
   * An outage in which no minute is closed is no sign of rollups of before. Rejects as `get` does.
   */
  async toldSinceMs(): Promise<number | null> {
    this.#toldSinceMs ??= await this.#lookingForFirst.get();
    return this.#toldSinceMs;
  }

  /** Rejects with AppError `graphite_unavailable`. */
  get(): Promise<ClosedMinutes> {
    return this.#shared.get();
  }

  async #read(): Promise<ClosedMinutes> {
    const { partialPartitions, intervalMs, now } = this.options;
    const atMs = now();
    const figures = await this.#figures(
      this.#targets('*'),
      portalLimits.sparklineMinutes * intervalMs,
    );
    // To look far back takes longer than all else that who asks first waits for.
    const toldSinceMs = this.#isToldFrom(figures) ? figures.fromMs : await this.toldSinceMs();
    const untilMs = Array.from({ length: partialPartitions }, (_, partition) =>
      lastClosed(figures, partition, this.options, toldSinceMs),
    );
    const furthestMs = untilMs.reduce<number>((last, one) => Math.max(last, one ?? -1), -1);
    if (furthestMs >= 0) return { atMs, untilMs, furthestMs, toldSinceMs, figures };
    const longAgoMs = await this.#lookingBack.get();
    return {
      atMs,
      untilMs: untilMs.map(() => longAgoMs),
      furthestMs: longAgoMs,
      toldSinceMs,
      figures,
    };
  }

  /** Whether rollups tell of the first of these minutes. */
  #isToldFrom({ columns }: Figures): boolean {
    const ofTotal = partitionOfSubject(undefined, this.options);
    return firstTold(columns.get(closedMetric(this.options.prefix, ofTotal)), 1) === 0;
  }

  /** Where nothing was told lately: when the figures over all streams were. */
  async #lookBack(): Promise<number | null> {
    const ofTotal = partitionOfSubject(undefined, this.options);
    const toldSinceMs = await this.toldSinceMs();
    return await this.#firstFound(this.#targets(ofTotal), (figures) =>
      lastClosed(figures, ofTotal, this.options, toldSinceMs),
    );
  }

  #lookForFirst(): Promise<number | null> {
    const ofTotal = partitionOfSubject(undefined, this.options);
    const metric = closedMetric(this.options.prefix, ofTotal);
    return this.#firstFound([metric], ({ columns, fromMs, untilMs, stepMs }) => {
      const count = Math.round((untilMs - fromMs) / stepMs);
      const first = firstTold(columns.get(metric), count);
      return first === count ? null : fromMs + first * stepMs;
    });
  }

  /** What is found in the figures over all streams, further and further back. */
  async #firstFound(
    targets: readonly string[],
    find: (figures: Figures) => number | null,
  ): Promise<number | null> {
    for (const spanMs of portalLimits.lookBacksMs) {
      const found = find(await this.#figures(targets, spanMs));
      if (found !== null) return found;
    }
    return null;
  }

  #targets(partition: number | '*'): readonly string[] {
    const { prefix } = this.options;
    return [closedMetric(prefix, partition), `${metricBase(prefix, allStreams)}.viewers`];
  }

  async #figures(targets: readonly string[], spanMs: number): Promise<Figures> {
    const { columns, intervalMs, now } = this.options;
    const untilMs = (Math.floor(now() / intervalMs) + 1) * intervalMs;
    const range = { fromMs: Math.max(0, untilMs - spanMs), untilMs };
    return figuresOf(await columns({ targets, ...range }), range, intervalMs);
  }
}

function lastClosed(
  figures: Figures,
  partition: number,
  naming: Naming,
  toldSinceMs: number | null,
): number | null {
  const last = closedSteps(figures, partition, naming, toldSinceMs).lastIndexOf(1);
  return last === -1 ? null : figures.fromMs + (last + 1) * figures.stepMs;
}
