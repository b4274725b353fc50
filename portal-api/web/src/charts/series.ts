/** One line or layer of a chart, and one column of its table. */
export interface ChartSeries {
  readonly name: string;
  /** A custom property of the style sheets that holds a colour. */
  readonly colour: string;
  /** One a minute; null: not known. */
  readonly values: readonly (number | null)[];
}
