import type { Column, Readable } from '../../graphite/index.js';

/**
 * What was read of Graphite, step by step in [fromMs, untilMs): a column for each metric, by its
 * full name, `NaN` where it has no point.
 */
export interface Figures {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly stepMs: number;
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** Full names of metrics that Graphite has and can't read. */
  readonly unreadable: ReadonlySet<string>;
}

/** The read columns, cut to a range; in the coarsest step that any has, or `intervalMs` of none. */
export function figuresOf(
  { series, unreadable }: Readable<Column>,
  range: { readonly fromMs: number; readonly untilMs: number },
  intervalMs: number,
): Figures {
  const stepMs = series.reduce((coarsest, column) => Math.max(coarsest, column.stepMs), intervalMs);
  const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
  const untilMs = Math.ceil(range.untilMs / stepMs) * stepMs;
  const columns = new Map<string, Float64Array>();
  for (const column of series) {
    // All files of a prefix are made by the same rule: another step would be a stranger's.
    if (column.stepMs !== stepMs) continue;
    columns.set(column.name, cut(column, fromMs, (untilMs - fromMs) / stepMs));
  }
  return { fromMs, untilMs, stepMs, columns, unreadable: new Set(unreadable) };
}

/**
 * Answers to requests of one range as one. Of a series that several have, in each step the least
 * of their values, and none where one of them has none: it may have been written between.
 */
export function joined(answers: readonly Readable<Column>[]): Readable<Column> {
  const columns = new Map<string, Column>();
  for (const column of answers.flatMap(({ series }) => series)) {
    const other = columns.get(column.name);
    columns.set(column.name, other === undefined ? column : least(column, other));
  }
  const unreadable = new Set(answers.flatMap((answer) => answer.unreadable));
  return { series: [...columns.values()], unreadable: [...unreadable] };
}

function least(column: Column, other: Column): Column {
  if (other.stepMs !== column.stepMs) return column.stepMs > other.stepMs ? column : other;
  const values = cut(other, column.fromMs, column.values.length);
  return {
    ...column,
    values: column.values.map((value, at) => Math.min(value, values[at] ?? NaN)),
  };
}

/** The figures of a part of their range; both ends are starts of steps. */
export function sliceOf(figures: Figures, fromMs: number, untilMs: number): Figures {
  const { stepMs } = figures;
  const first = Math.round((fromMs - figures.fromMs) / stepMs);
  const end = Math.round((untilMs - figures.fromMs) / stepMs);
  const columns = new Map<string, Float64Array>();
  for (const [name, values] of figures.columns) columns.set(name, values.subarray(first, end));
  return { ...figures, fromMs, untilMs, columns };
}

/** What figures take in memory, about. */
export function bytesOf({ columns }: Figures): number {
  let bytes = 0;
  for (const [name, { byteLength }] of columns) bytes += byteLength + 2 * name.length + 200;
  return bytes;
}

function cut({ fromMs, stepMs, values }: Column, wantedFromMs: number, count: number) {
  const first = Math.round((wantedFromMs - fromMs) / stepMs);
  if (first >= 0 && first + count <= values.length) return values.slice(first, first + count);
  const column = new Float64Array(count).fill(NaN);
  for (let index = Math.max(0, -first); index < count; index += 1) {
    column[index] = values[first + index] ?? NaN;
  }
  return column;
}
