import type { Values } from '../api/shapes.js';

/** One line or layer of a chart, and one column of its table. */
export interface ChartSeries {
  readonly name: string;
  /** A custom property of the style sheets that holds a colour. */
  readonly colour: string;
  /** One a step of time; null: not known. */
  readonly values: Values;
  /** The steps in which it means at least what it tells. */
  readonly atLeast?: ReadonlySet<number>;
  /** True: a broken line, told apart without its colour too. */
  readonly isDashed?: boolean;
}

/** Something that happened, as a mark on all charts of a page. */
export interface Mark {
  readonly atMs: number;
  readonly text: string;
}

/** What all charts of a page share: its times, what happened in them, and what a zoom does. */
export interface ChartTimes {
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly marks: readonly Mark[];
  readonly onZoom: (span: { readonly fromMs: number; readonly untilMs: number }) => void;
}

export interface TimeChartProps extends ChartTimes {
  readonly title: string;
  /** What one reads besides the title: unit, meaning. */
  readonly note?: string;
  /** For stacks from the bottom up. */
  readonly series: readonly ChartSeries[];
  readonly kind: 'lines' | 'stack';
  readonly format: (value: number | null) => string;
  readonly axisFormat: (value: number) => string;
  /** The axis' end where it is known, such as 1 for shares. */
  readonly most?: number;
  /** The axis' end where all is zero; 4 unless told. */
  readonly topMin?: number;
  /** A line with an axis of its own, on the right: a share, 0 … 1. */
  readonly share?: ChartSeries;
  readonly isWide?: boolean;
}
