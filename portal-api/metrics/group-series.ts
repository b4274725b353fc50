import { bounded } from './at-least.js';
import { addsUp, figureNames, figureTable, kindNames } from './figure-table.js';
import { kindMetrics, namedFold } from './range-series.js';
import type { SeriesChoice } from './series-choice.js';
import type { MetricValues, Values } from './step-values.js';
import { timesOf, type Steps } from './steps.js';

/** What several streams have together, by their metrics' names; `NaN`: it isn't known. */
export type AddedColumns = ReadonlyMap<string, Float64Array>;

/**
 * Adds up the figures of several streams as those of one, stream by stream: sums and means of
 * viewers add up, and where one of them isn't known, neither is the sum; ratios follow from their
 * parts, and a quantile of several can't be told.
 */
export class AddedSeries {
  readonly #sums = new Map<string, Float64Array>();
  readonly #quantiles = new Map<string, QuantileSteps>();
  readonly #count: number;

  /** `read`: what is, the viewers among it. */
  constructor(
    steps: Steps,
    private readonly read: SeriesChoice,
  ) {
    this.#count = timesOf(steps).length;
  }

  add(values: MetricValues): void {
    const isRead = (name: (typeof figureNames | typeof kindNames)[number]): boolean =>
      this.read?.has(name) ?? true;
    for (const name of figureNames.filter(isRead)) {
      const { metric, fold } = figureTable[name];
      if (addsUp(fold)) this.#addSum(metric, values.of(metric, fold), fold === 'part');
      if (fold === 'quantile') this.#addQuantile(metric, values.of(metric, fold));
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
    for (const [metric, steps] of this.#quantiles) columns.set(metric, steps.column(none));
    return columns;
  }

  #addSum(metric: string, told: Values, isUnbounded = false): void {
    const sums = this.#sums.get(metric) ?? new Float64Array(this.#count);
    for (let step = 0; step < this.#count; step += 1) {
      const sum = (sums[step] ?? NaN) + (told[step] ?? NaN);
      sums[step] = isUnbounded ? sum : bounded(sum);
    }
    this.#sums.set(metric, sums);
  }

  #addQuantile(metric: string, told: Values): void {
    const steps = this.#quantiles.get(metric) ?? new QuantileSteps(this.#count);
    steps.add(told);
    this.#quantiles.set(metric, steps);
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

/** Step by step a quantile, where one stream alone has one. */
class QuantileSteps {
  readonly #told: Float64Array;
  readonly #last: Float64Array;

  constructor(count: number) {
    this.#told = new Float64Array(count);
    this.#last = new Float64Array(count);
  }

  add(told: Values): void {
    for (const [step, value] of told.entries()) {
      if (value === null) continue;
      this.#told[step] = (this.#told[step] ?? NaN) + 1;
      this.#last[step] = value;
    }
  }

  column(none: Float64Array): Float64Array {
    return none.map((known, step) =>
      this.#told[step] === 1 ? known + (this.#last[step] ?? NaN) : NaN,
    );
  }
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
