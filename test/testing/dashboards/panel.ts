/** Ids of Grafana's units: counts a second, seconds, bytes, parts of 1. */
export type Unit = 'cps' | 's' | 'bytes' | 'percentunit';

/** A panel of a dashboard, as little as has to be said of it. */
export interface PanelOf {
  readonly title: string;
  /** What is well, and where to look if it isn't: shown at the panel. */
  readonly description: string;
  readonly queries: readonly QueryOf[];
  /** Numbers without one unless told. */
  readonly unit?: Unit;
  /** Only the last value, in red from here on. Without it: how it went, as lines. */
  readonly redFrom?: number;
  /** Only the last value, in red below. */
  readonly redBelow?: number;
}

export interface QueryOf {
  /** PromQL. */
  readonly expr: string;
  /** What a line is called, with `{{label}}` for a label's value. */
  readonly legend: string;
}

export interface DashboardOf {
  /** The file's name, and the uid by which others link to it. */
  readonly uid: string;
  readonly title: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly PanelOf[] }[];
}

/** A panel with one line, or one for each value of a label. */
export function panel(
  title: string,
  description: string,
  expr: string,
  legend: string,
  more: Pick<PanelOf, 'unit' | 'redFrom' | 'redBelow'> = {},
): PanelOf {
  return { title, description, queries: [{ expr, legend }], ...more };
}
