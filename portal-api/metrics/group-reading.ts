import { AnswerTooLarge, metricBase } from '../../graphite/index.js';
import { portalLimits } from '../limits.js';
import type { ClosedReader } from './closed-minutes.js';
import type { Figures } from './figures.js';
import type { FiguresReader } from './figures-reader.js';
import { AddedSeries, type AddedColumns } from './group-series.js';
import { closedSteps, closedTargets, partitionOfSubject, type Naming } from './known-steps.js';
import { namePatterns, packed, type NamePattern } from './name-patterns.js';
import { ownPart } from './own-part.js';
import { groupTargetsOf, usualSeriesOf, type SeriesChoice } from './series-choice.js';
import { StepValues, type KnownPart } from './step-values.js';
import type { Steps } from './steps.js';

/** Streams whose figures are added up. */
export interface StreamGroup {
  readonly members: readonly Member[];
  /** Before this nobody could watch any of them. */
  readonly knownFromMs: number;
  /** The keys of all streams that there are. */
  readonly among: readonly string[];
}

export interface Member {
  readonly stream: string;
  /** What is told from before it is of a deleted stream that had the key; 0: nothing is. */
  readonly ownFromMs: number;
}

export interface GroupReadingOptions extends Naming {
  readonly figures: FiguresReader;
  readonly closed: ClosedReader;
  readonly now: () => number;
}

/** What is read of a group. */
export interface GroupWish {
  readonly steps: Steps;
  readonly read: SeriesChoice;
  /** The end of the steps that are finished. */
  readonly finishedMs: number;
}

export interface GroupSums {
  readonly columns: AddedColumns;
  /** Above the steps that were asked for: Graphite has no finer points, and nothing was added. */
  readonly pointMs: number;
  /** True: they are known up to the end of what is finished, so that they may be kept. */
  readonly isWhole: boolean;
}

/** One reading of what streams have together: of each answer nothing is left but what it adds. */
export class GroupReading {
  readonly #added: AddedSeries;
  /** By the base of its metrics' names. */
  readonly #members: ReadonlyMap<string, Member>;
  readonly #among: readonly string[];
  #pointMs: number;
  #isWhole = true;

  constructor(
    private readonly options: GroupReadingOptions,
    private readonly group: StreamGroup,
    private readonly wish: GroupWish,
  ) {
    const { steps, read } = wish;
    const baseOf = (stream: string): string => metricBase(options.prefix, stream);
    this.#added = new AddedSeries(steps, read);
    this.#members = new Map(group.members.map((one) => [baseOf(one.stream), one]));
    this.#among = group.among.map(baseOf).sort();
    this.#pointMs = steps.stepMs;
  }

  /** Rejects with AppError `graphite_unavailable`. */
  async run(): Promise<GroupSums> {
    const toldSinceMs = await this.options.closed.toldSinceMs();
    const packs = this.#packs([...this.#members.keys()], this.#streamsAtOnce());
    const readOn = async (): Promise<void> => {
      // All take their next one from the same packs.
      for (const pack of packs) await this.#read(pack, toldSinceMs);
    };
    await Promise.all(Array.from({ length: portalLimits.groupReadsMax }, readOn));
    return { columns: this.#added.columns(), pointMs: this.#pointMs, isWhole: this.#isWhole };
  }

  /** So many that their answer is neither too large nor holds others up. */
  #streamsAtOnce(): number {
    const { steps, read } = this.wish;
    const { groupSeriesMax, groupValuesMax, coarseMs, minutesKeptMs } = portalLimits;
    const isCoarse = steps.stepMs >= coarseMs;
    const fromMs = isCoarse
      ? Math.min(steps.fromMs, this.options.now() - minutesKeptMs)
      : steps.fromMs;
    const points = Math.ceil((steps.untilMs - fromMs) / (isCoarse ? coarseMs : steps.stepMs));
    const series = Math.min(groupSeriesMax, groupValuesMax / Math.max(1, points));
    return Math.max(1, Math.floor(series / usualSeriesOf(read)));
  }

  #packs(bases: readonly string[], most: number): Generator<readonly NamePattern[]> {
    const patternsMax =
      portalLimits.targetsPerRequestMax / groupTargetsOf('', this.wish.read).length;
    return packed(namePatterns(bases, most, this.#among), most, Math.floor(patternsMax));
  }

  /** What is too much for one answer is asked for in halves. */
  async #read(pack: readonly NamePattern[], toldSinceMs: number | null): Promise<void> {
    const bases = pack.flatMap(({ names }) => names);
    try {
      this.#add(bases, await this.#parts(pack), toldSinceMs);
    } catch (error) {
      if (!(error instanceof AnswerTooLarge) || bases.length === 1) throw error;
      const halves = this.#packs(bases, Math.ceil(bases.length / 2));
      for (const half of halves) await this.#read(half, toldSinceMs);
    }
  }

  #parts(pack: readonly NamePattern[]): Promise<Figures[]> {
    const { figures, ...naming } = this.options;
    const { steps, read } = this.wish;
    const targets = pack.flatMap(({ pattern }) => groupTargetsOf(pattern, read));
    const wanted = { targets, closedTargets: closedTargets('*', naming), isWhole: () => false };
    return figures.parts({ key: targets.join(' '), ...wanted }, steps);
  }

  #add(bases: readonly string[], parts: readonly Figures[], toldSinceMs: number | null): void {
    const { steps, finishedMs } = this.wish;
    const { intervalMs, prefix } = this.options;
    this.#pointMs = Math.max(this.#pointMs, ...parts.map(({ stepMs }) => stepMs));
    if (this.#pointMs > steps.stepMs) return;
    const read = parts.map((figures) => ({
      figures,
      columns: columnsByBase(figures, prefix),
      closed: new Map<number, Uint8Array>(),
    }));
    const knownFromMs = Math.floor(this.group.knownFromMs / intervalMs) * intervalMs;
    for (const base of bases) {
      const member = this.#members.get(base);
      if (member === undefined) continue;
      const partition = partitionOfSubject(member.stream, this.options);
      const known = read.map(({ figures, columns, closed }) => {
        const ofPartition =
          closed.get(partition) ?? closedSteps(figures, partition, this.options, toldSinceMs);
        closed.set(partition, ofPartition);
        const own = { ...figures, columns: columns.get(base) ?? noColumns };
        const isOfMinutes = figures.stepMs === intervalMs;
        return ownPart({ figures: own, closed: ofPartition, isOfMinutes }, member.ownFromMs);
      });
      this.#added.add(new StepValues(base, known, steps, knownFromMs));
      this.#isWhole &&= known.some((part) => isClosedAt(part, finishedMs));
    }
  }
}

type Columns = ReadonlyMap<string, Float64Array>;
const noColumns: Columns = new Map();

/** By the stream that they are of, so that many don't search each other's. */
function columnsByBase({ columns }: Figures, prefix: string): ReadonlyMap<string, Columns> {
  const groups = new Map<string, Map<string, Float64Array>>();
  for (const [name, values] of columns) {
    const base = name.slice(0, name.indexOf('.', `${prefix}.streams.`.length));
    const group = groups.get(base) ?? new Map<string, Float64Array>();
    groups.set(base, group.set(name, values));
  }
  return groups;
}

/** True: the last point before this time is closed. */
function isClosedAt({ figures, closed }: KnownPart, timeMs: number): boolean {
  const { fromMs, untilMs, stepMs } = figures;
  if (timeMs <= fromMs || timeMs > untilMs) return false;
  return closed[Math.round((timeMs - fromMs) / stepMs) - 1] === 1;
}
