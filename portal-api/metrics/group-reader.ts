import { createHash } from 'node:crypto';
import { portalLimits } from '../limits.js';
import type { ClosedReader } from './closed-minutes.js';
import { sliceOf, type Figures } from './figures.js';
import { FiguresReader, type FiguresReaderOptions } from './figures-reader.js';
import { FinishedFigures } from './finished-figures.js';
import { GroupReading, type StreamGroup } from './group-reading.js';
import { GroupValues, noneOf } from './group-series.js';
import type { Naming } from './known-steps.js';
import { namesOf, type SeriesChoice } from './series-choice.js';
import { alignedTo, timesOf, type Steps } from './steps.js';

export interface GroupReaderOptions extends Naming, FiguresReaderOptions {
  readonly closed: ClosedReader;
}

/** The same text for the same members and what is known of them, however many there are. */
export function nameOfGroup({ members, knownFromMs }: StreamGroup): string {
  const hash = createHash('sha256').update(`${knownFromMs}`);
  for (const { stream, ownFromMs } of members) hash.update(`\n${ownFromMs} ${stream}`);
  return hash.digest('base64');
}

/**
 * Reads what the streams of a group have together. The sums of steps that are finished are kept for
 * whoever asks next, as long as the group has the same streams.
 */
export class GroupReader {
  readonly #figures: FiguresReader;
  readonly #finished: FinishedFigures;

  constructor(private readonly options: GroupReaderOptions) {
    this.#figures = new FiguresReader(options);
    this.#finished = new FinishedFigures(options.now);
  }

  /**
   * The figures of a group in these steps, or in coarser ones where Graphite has no finer points.
   * Rejects with AppError `graphite_unavailable`.
   */
  async values(
    group: StreamGroup,
    steps: Steps,
    read: SeriesChoice,
  ): Promise<{ readonly steps: Steps; readonly values: GroupValues }> {
    const { fromMs, untilMs, stepMs } = steps;
    const agoMs = this.options.now() - portalLimits.finishedAfterMs;
    const finishedMs = Math.min(untilMs, Math.floor(agoMs / stepMs) * stepMs);
    const key = `${nameOfGroup(group)} ${stepMs} ${namesOf(read)}`;
    const kept = this.#keptOf(key, fromMs, finishedMs);
    const rest = { ...steps, fromMs: kept?.untilMs ?? fromMs };
    const reading = { ...this.options, figures: this.#figures };
    const wish = { steps: rest, read, finishedMs };
    const { columns, pointMs, isWhole } = await new GroupReading(reading, group, wish).run();
    if (pointMs > stepMs) return this.values(group, alignedTo(pointMs, fromMs, untilMs), read);
    const latest = { ...rest, columns, unreadable: new Set<string>() };
    if (kept === undefined && isWhole) this.#finished.put(key, sliceOf(latest, fromMs, finishedMs));
    const all = kept === undefined ? columns : followed(kept, latest);
    return { steps, values: new GroupValues(all, timesOf(steps).length) };
  }

  /** What is kept from `fromMs` on, where it reaches nearly as far as it may. */
  #keptOf(key: string, fromMs: number, finishedMs: number): Figures | undefined {
    const kept = this.#finished.get(key, fromMs);
    if (kept === undefined || kept.untilMs <= finishedMs - portalLimits.keptMsMax) return undefined;
    const untilMs = Math.min(kept.untilMs, finishedMs);
    return untilMs > fromMs ? sliceOf(kept, fromMs, untilMs) : undefined;
  }
}

/**
 * What is kept, and behind it what was read. Where no stream has a series of a name, none of their
 * viewers have it.
 */
function followed(kept: Figures, latest: Figures): Map<string, Float64Array> {
  const columns = new Map<string, Float64Array>();
  const parts = [kept, latest].map((figures) => ({
    ...figures,
    none: noneOf(figures.columns, timesOf(figures).length),
  }));
  for (const name of new Set([...kept.columns.keys(), ...latest.columns.keys()])) {
    const values = parts.map(({ columns: of, none }) => of.get(name) ?? none);
    columns.set(name, Float64Array.from(values.flatMap((column) => [...column])));
  }
  return columns;
}
