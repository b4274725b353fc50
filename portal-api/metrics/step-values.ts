import { bounded, isAtLeast } from './at-least.js';
import type { Figures } from './figures.js';
import { addsUp, weightOf, type Fold } from './figure-table.js';
import { metricsOfPart, partColumn } from './ratio-parts.js';
import { timesOf, type Steps } from './steps.js';

/** A value for each step; null where it isn't known, or there is nothing to tell. */
export type Values = (number | null)[];

/** Values by their metrics' names, below one subject's base. */
export interface MetricValues {
  names(): string[];
  of(metric: string, fold: Fold): Values;
  ofKinds(metrics: readonly string[], witness: string | undefined): Values[];
}

/** A part of what was read, and which of its points are known though they are absent. */
export interface KnownPart {
  readonly figures: Figures;
  /** 1: every minute of the step is closed. */
  readonly closed: Uint8Array;
  /** True: its points are of a minute each. */
  readonly isOfMinutes: boolean;
}

/** Folds what was read below one base into the steps of an answer. */
export class StepValues implements MetricValues {
  readonly #base: string;
  readonly #parts: readonly KnownPart[];
  /** Of each step its part, and the points in it from the first on. */
  readonly #places: readonly (Place | undefined)[];
  readonly #knownFromMs: number;

  /** `knownFromMs`: before it nothing of the base could be known. */
  constructor(base: string, parts: readonly KnownPart[], steps: Steps, knownFromMs: number) {
    this.#base = base;
    this.#parts = parts;
    this.#knownFromMs = knownFromMs;
    this.#places = timesOf(steps).map((timeMs) => placeOf(parts, timeMs, steps.stepMs));
  }

  /** The names of all metrics below the base. */
  names(): string[] {
    const start = `${this.#base}.`;
    const names = new Set<string>();
    for (const { figures } of this.#parts) {
      for (const name of figures.columns.keys()) {
        if (name.startsWith(start)) names.add(name.slice(start.length));
      }
    }
    return [...names].sort();
  }

  of(metric: string, fold: Fold): Values {
    const read = new Map(this.#parts.map((part) => [part, this.#read(part, metric, fold)]));
    return this.#places.map((place) => {
      const { column, isReadable } = (place && read.get(place.part)) ?? {};
      if (place === undefined || isReadable !== true) return null;
      if (addsUp(fold)) return this.#added(place, column, fold);
      const averages = place.part.figures.columns.get(`${this.#base}.viewers_average`);
      return typical(place, column, averages);
    });
  }

  #read({ figures }: KnownPart, metric: string, fold: Fold) {
    const { columns, unreadable, stepMs } = figures;
    const columnOf = (name: string): Float64Array | undefined =>
      columns.get(`${this.#base}.${name}`);
    const names = fold === 'part' ? metricsOfPart(metric) : [metric];
    return {
      column: fold === 'part' ? partColumn(metric, columnOf, stepMs) : columnOf(metric),
      isReadable: !names.some((name) => unreadable.has(`${this.#base}.${name}`)),
    };
  }

  /**
   * The sums of several kinds, in their order. `witness` has a point wherever one of them isn't 0:
   * where it has one and all of them are 0, Graphite wasn't told of them, and they aren't known.
   */
  ofKinds(metrics: readonly string[], witness: string | undefined): Values[] {
    const kinds = metrics.map((metric) => this.of(metric, 'sum'));
    if (witness === undefined) return kinds;
    const names = metrics.map((metric) => `${this.#base}.${metric}`);
    const isUntold = this.#places.map(
      (place) => place !== undefined && hasUntold(place, names, `${this.#base}.${witness}`),
    );
    return kinds.map((values) =>
      values.map((value, step) => (isUntold[step] === true ? null : value)),
    );
  }

  #isKnown({ part }: Place, index: number): boolean {
    const { fromMs, stepMs } = part.figures;
    return part.closed[index] === 1 && fromMs + index * stepMs >= this.#knownFromMs;
  }

  #added(
    place: Place,
    column: Float64Array | undefined,
    fold: 'sum' | 'part' | 'mean',
  ): number | null {
    let sum = 0;
    for (let index = place.first; index < place.end; index += 1) {
      const value = column?.[index] ?? NaN;
      if (Number.isNaN(value)) {
        if (!this.#isKnown(place, index)) return null;
      } else {
        // A point of several minutes says nothing as long as one of them is open.
        if (place.isOfMany && place.part.closed[index] !== 1) return null;
        sum += fold === 'part' && isAtLeast(value) ? Infinity : value;
      }
    }
    if (fold === 'part') return sum;
    return fold === 'sum' ? bounded(sum) : bounded(sum) / (place.end - place.first);
  }
}

/** True: in one point of the step at least the witness may stand alone. */
function hasUntold(place: Place, names: readonly string[], witness: string): boolean {
  const { columns, unreadable } = place.part.figures;
  const ofWitness = columns.get(witness);
  const isBroken = unreadable.has(witness);
  const ofKinds = names.map((name) => columns.get(name));
  for (let index = place.first; index < place.end; index += 1) {
    const mayStand = isBroken || !Number.isNaN(ofWitness?.[index] ?? NaN);
    // No point is NaN, and that isn't above 0 either.
    if (mayStand && !ofKinds.some((column) => (column?.[index] ?? NaN) > 0)) return true;
  }
  return false;
}

/** Of the minutes that have one, each by its weight. */
function typical(
  place: Place,
  column: Float64Array | undefined,
  averages: Float64Array | undefined,
): number | null {
  let [sum, weights, plainSum, count] = [0, 0, 0, 0];
  for (let index = place.first; index < place.end; index += 1) {
    if (place.isOfMany && place.part.closed[index] !== 1) return null;
    const value = column?.[index] ?? NaN;
    if (Number.isNaN(value)) continue;
    const weight = weightOf(averages?.[index] ?? NaN, place.part.figures.stepMs);
    if (weight === null) return null;
    sum += weight * value;
    weights += weight;
    plainSum += value;
    count += 1;
  }
  if (count <= 1) return count === 0 ? null : plainSum;
  return weights > 0 ? sum / weights : plainSum / count;
}

interface Place {
  readonly part: KnownPart;
  readonly first: number;
  readonly end: number;
  /** True: the step has several minutes. */
  readonly isOfMany: boolean;
}

function placeOf(parts: readonly KnownPart[], timeMs: number, stepMs: number): Place | undefined {
  const part = parts.find(
    ({ figures }) => timeMs >= figures.fromMs && timeMs + stepMs <= figures.untilMs,
  );
  if (part === undefined) return undefined;
  const { fromMs, stepMs: pointMs } = part.figures;
  const first = Math.round((timeMs - fromMs) / pointMs);
  const end = first + Math.round(stepMs / pointMs);
  return { part, first, end, isOfMany: !part.isOfMinutes || end - first > 1 };
}
