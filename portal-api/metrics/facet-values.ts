import { decodeNamePart, facetBase } from '../../graphite/index.js';
import { portalLimits } from '../limits.js';
import type { Fold } from './figure-table.js';
import type { MetricsReader, MetricsSubject, RangeValues } from './metrics-reader.js';
import { ratiosOf, type Ratio, type RatioName } from './ratio-parts.js';
import type { Values } from './step-values.js';
import { alignedTo, timesOf, type Steps } from './steps.js';

/** As long as a step may be that is told in finer ones, since it isn't over. */
const latestMs = 86_400_000;

export type FacetSubject = MetricsSubject & { readonly stream: string };

/** What is read of a facet. */
export interface FacetWish {
  readonly facet: string;
  /** Below each of its values, and how their minutes add up; a ratio is read beside its parts. */
  readonly folds: Readonly<Record<string, Fold>>;
  /** A base whose viewers are read besides. */
  readonly besides?: string;
}

/** What was read of all values of a facet. */
export interface FacetValues {
  /** In their order and without a gap, each in steps of its own. */
  readonly parts: readonly FoldedPart[];
  /** By the value, where in Graphite it stands. */
  readonly bases: ReadonlyMap<string, string>;
}

/** Values for the steps of a part, by their metrics. */
type Folded = ReadonlyMap<string, Values>;

interface FoldedPart {
  readonly steps: Steps;
  readonly ofBase: ReadonlyMap<string, Folded>;
  /** Of a base that has nothing. */
  readonly none: Folded;
}

/**
 * Reads all values of a stream's facet in these parts of a range, of which there is one at least,
 * so much at a time that a year of many values is never held in Graphite's points. Rejects with
 * AppError `graphite_unavailable`.
 */
export async function facetValues(
  reader: MetricsReader,
  subject: FacetSubject,
  wish: FacetWish,
  asked: readonly Steps[],
): Promise<FacetValues> {
  const { facet, folds, besides } = wish;
  const start = facetBase(reader.prefix, subject.stream, facet, '');
  const targets = Object.keys(folds).map((metric) => `${start}*.${metric}`);
  if (besides !== undefined) targets.push(`${besides}.viewers`);
  const parts: FoldedPart[] = [];
  const bases = new Map<string, string>();
  const endMs = asked.at(-1)?.untilMs ?? 0;
  for (const steps of asked.flatMap(chunksOf)) {
    // What reaches to the end is kept for ranges of any length.
    const isLatest = endMs - steps.untilMs <= latestMs;
    const key = isLatest ? start : `${start} ${steps.fromMs}`;
    const read = await reader.values(subject, { key, targets }, steps);
    const ofPart = basesIn(read, start);
    for (const [value, base] of ofPart) bases.set(value, base);
    parts.push(foldedPart(read, [...ofPart.values(), besides ?? ''], folds));
  }
  const told = parts.map(({ steps }) => steps);
  if (told.every(({ fromMs }, at) => at === 0 || fromMs === told[at - 1]?.untilMs)) {
    return { parts, bases };
  }
  // Where Graphite has no steps so fine, parts overlap: then all are as the longest.
  const stepMs = Math.max(...told.map((steps) => steps.stepMs));
  const [fromMs, untilMs] = [told[0]?.fromMs ?? 0, told.at(-1)?.untilMs ?? 0];
  return facetValues(reader, subject, wish, [alignedTo(stepMs, fromMs, untilMs)]);
}

function chunksOf({ fromMs, untilMs, stepMs }: Steps): Steps[] {
  const lengthMs = Math.ceil(portalLimits.facetReadMsMax / stepMs) * stepMs;
  const count = Math.ceil((untilMs - fromMs) / lengthMs);
  return Array.from({ length: count }, (_, index) => {
    const beginMs = fromMs + index * lengthMs;
    return { fromMs: beginMs, untilMs: Math.min(beginMs + lengthMs, untilMs), stepMs };
  });
}

/** By its values, where they stand. */
function basesIn({ names }: RangeValues, start: string): Map<string, string> {
  const bases = new Map<string, string>();
  for (const name of names()) {
    if (!name.startsWith(start)) continue;
    const part = name.slice(start.length).split('.')[0] ?? '';
    const value = decodeNamePart(part);
    if (value !== undefined) bases.set(value, start + part);
  }
  return bases;
}

function foldedPart(
  { steps, valuesOf }: RangeValues,
  bases: readonly string[],
  folds: FacetWish['folds'],
): FoldedPart {
  const folded = (base: string): Folded => {
    const values = valuesOf(base);
    const entries = Object.entries(folds).filter(([, fold]) => fold !== 'ratio');
    return new Map(entries.map(([metric, fold]) => [metric, values.of(metric, fold)]));
  };
  return { steps, ofBase: new Map(bases.map((base) => [base, folded(base)])), none: folded('') };
}

/** What was read below one base, step by step through all parts from one of their steps on. */
export class PartedValues {
  constructor(
    private readonly parts: FacetValues['parts'],
    private readonly base: string,
    private readonly firstStep = 0,
  ) {}

  of(metric: string): Values {
    return this.#each((part) => this.#valuesIn(part, metric));
  }

  ratios(name: RatioName): (Ratio | null)[] {
    return this.#each((part) =>
      ratiosOf(name, (metric) => this.#valuesIn(part, metric), part.steps.stepMs),
    );
  }

  /** How long each step is, in ms. */
  lengthsMs(): number[] {
    return this.#each(({ steps }) => timesOf(steps).map(() => steps.stepMs));
  }

  #valuesIn({ ofBase, none }: FoldedPart, metric: string): Values {
    return (ofBase.get(this.base) ?? none).get(metric) ?? [];
  }

  #each<Value>(valuesOf: (part: FoldedPart) => Value[]): Value[] {
    return this.parts.flatMap(valuesOf).slice(this.firstStep);
  }
}
