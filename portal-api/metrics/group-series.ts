import { bounded, isAtLeast } from './at-least.js';
import {
  addsUp,
  figureNames,
  figureTable,
  kindNames,
  weightOf,
  type Fold,
} from './figure-table.js';
import { kindMetrics, namedFold } from './range-series.js';
import type { SeriesChoice } from './series-choice.js';
import type { MetricValues, Values } from './step-values.js';
import { timesOf, type Steps } from './steps.js';

/** What several streams have together, by their metrics' names; `NaN`: it isn't known. */
export type AddedColumns = ReadonlyMap<string, Float64Array>;

/** By how many a stream was watched in each step. */
interface AudienceSteps {
  readonly viewers: Values;
  readonly viewersAverage: Values;
}

/**
 * Adds up the figures of several streams as those of one, stream by stream: sums and means of
 * viewers add up, and where one of them isn't known, neither is the sum; ratios and bitrates are
 * weighted by who watched, and a quantile of several can't be told.
 */
export class AddedSeries {
  readonly #sums = new Map<string, Float64Array>();
  readonly #typical = new Map<string, TypicalSteps>();
  readonly #count: number;
  readonly #stepMs: number;

  /** `read`: what is, the viewers among it. */
  constructor(
    steps: Steps,
    private readonly read: SeriesChoice,
  ) {
    this.#stepMs = steps.stepMs;
    this.#count = timesOf(steps).length;
  }

  add(values: MetricValues): void {
    const isRead = (name: (typeof figureNames | typeof kindNames)[number]): boolean =>
      this.read?.has(name) ?? true;
    const audience = {
      viewers: values.of('viewers', 'mean'),
      viewersAverage: values.of('viewers_average', 'mean'),
    };
    for (const name of figureNames.filter(isRead)) {
      const { metric, fold } = figureTable[name];
      const told = values.of(metric, fold);
      if (addsUp(fold)) this.#addSum(metric, told);
      else this.#addTypical(metric, fold, told, audience);
    }
    for (const name of kindNames.filter(isRead)) {
      const { metrics, witness } = kindMetrics(name);
      const told = values.ofKinds(metrics, witness);
      for (const [at, metric] of metrics.entries()) this.#addSum(metric, told[at] ?? []);
    }
    for (const metric of new Set(values.names().flatMap(toldTogether))) {
      const fold = namedFold(metric);
      if (fold !== undefined) this.#addSum(metric, values.of(metric, fold));
    }
  }

  columns(): AddedColumns {
    const none = noneOf(this.#sums, this.#count);
    const columns = new Map<string, Float64Array>();
    for (const [metric, sums] of this.#sums) {
      const isNamed = namedFold(metric) !== undefined;
      columns.set(metric, isNamed ? sums.map((sum, step) => sum + (none[step] ?? NaN)) : sums);
    }
    for (const [metric, typical] of this.#typical) columns.set(metric, typical.column(none));
    return columns;
  }

  #addSum(metric: string, told: Values): void {
    const sums = this.#sums.get(metric) ?? new Float64Array(this.#count);
    for (let step = 0; step < this.#count; step += 1) {
      sums[step] = bounded((sums[step] ?? NaN) + (told[step] ?? NaN));
    }
    this.#sums.set(metric, sums);
  }

  #addTypical(metric: string, fold: Fold, told: Values, audience: AudienceSteps): void {
    const typical = this.#typical.get(metric) ?? new TypicalSteps(this.#count, this.#stepMs, fold);
    typical.add(told, audience);
    this.#typical.set(metric, typical);
  }
}

/** Of a quality's bytes both kinds are told wherever one of them is. */
function toldTogether(metric: string): string[] {
  if (!metric.startsWith('bytes_by_quality.')) return [metric];
  const start = metric.slice(0, metric.lastIndexOf('.'));
  return [`${start}.cdn`, `${start}.p2p`];
}

/** What is told of streams that have no series of a name: none of their viewers have it. */
export function noneOf(columns: AddedColumns, count: number): Float64Array {
  const viewers = columns.get('viewers') ?? new Float64Array(count).fill(NaN);
  return viewers.map((value) => (Number.isNaN(value) ? NaN : 0));
}

/** Step by step a figure that doesn't add up, of the streams that have one. */
class TypicalSteps {
  readonly #told: Float64Array;
  readonly #last: Float64Array;
  readonly #sums: Float64Array;
  readonly #weights: Float64Array;

  constructor(
    count: number,
    private readonly stepMs: number,
    private readonly fold: Fold,
  ) {
    this.#told = new Float64Array(count);
    this.#last = new Float64Array(count);
    this.#sums = new Float64Array(count);
    this.#weights = new Float64Array(count);
  }

  add(told: Values, { viewers, viewersAverage }: AudienceSteps): void {
    for (const [step, value] of told.entries()) {
      const there = { viewersAverage: viewersAverage[step] ?? 0, viewers: viewers[step] ?? 0 };
      if (isAtLeast(there.viewersAverage * this.stepMs)) this.#told[step] = NaN;
      if (value === null) continue;
      // Where a weight isn't known, neither is the figure.
      const weight = weightOf(this.fold, value, there, this.stepMs) ?? NaN;
      increase(this.#told, step, 1);
      increase(this.#sums, step, weight * value);
      increase(this.#weights, step, weight);
      this.#last[step] = value;
    }
  }

  column(none: Float64Array): Float64Array {
    return none.map((known, step) => known + this.#at(step));
  }

  #at(step: number): number {
    const told = this.#told[step] ?? NaN;
    if (told === 1) return this.#last[step] ?? NaN;
    if (this.fold === 'quantile' || Number.isNaN(told)) return NaN;
    // Of no weights 0 / 0: nothing is told.
    return (this.#sums[step] ?? NaN) / (this.#weights[step] ?? NaN);
  }
}

function increase(column: Float64Array, step: number, by: number): void {
  column[step] = (column[step] ?? NaN) + by;
}

/** What was added up, for each step of an answer. */
export class GroupValues implements MetricValues {
  readonly #none: Values;

  constructor(
    private readonly columns: AddedColumns,
    count: number,
  ) {
    this.#none = valuesOf(noneOf(columns, count));
  }

  names(): string[] {
    return [...this.columns.keys()].sort();
  }

  of(metric: string): Values {
    const column = this.columns.get(metric);
    return column === undefined ? this.#none : valuesOf(column);
  }

  ofKinds(metrics: readonly string[]): Values[] {
    return metrics.map((metric) => this.of(metric));
  }
}

function valuesOf(column: Float64Array): Values {
  return Array.from(column, (value) => (Number.isNaN(value) ? null : value));
}
