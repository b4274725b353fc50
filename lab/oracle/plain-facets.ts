import type { Counters, FacetValue } from '../../schemas/index.js';
import {
  addPlainly,
  addReport,
  plainCounters,
  subtractPlainly,
  type CountedReport,
} from './plain-cell.js';

/** An announce that counts, with what it takes to count it by facet. */
export interface FacetReport {
  readonly stream: string;
  readonly minute: number;
  /** Of the session, any text. */
  readonly session: string;
  readonly number: number;
  readonly report: CountedReport;
  readonly facets: readonly FacetValue[];
}

/** Counters of a stream's minute by facet and value. */
export type FacetsByKey = Map<string, Counters>;

export function facetKey(stream: string, minute: number, facet: string, value: string): string {
  return [stream, minute, facet, value].join('\0');
}

/**
 * What `stream_minute_facets` should hold, as it is defined and with nothing of the rollup: of each
 * facet that any announce of a stream's minute tells the sums by its values, and under 'untold'
 * what is left of the stream's total; the viewer with the value of the highest number.
 */
export function plainFacets(reports: readonly FacetReport[]): FacetsByKey {
  const totals = new Map<string, Counters>();
  const facets: FacetsByKey = new Map();
  const highest = new Map<string, FacetReport>();
  const countersOf = (one: FacetReport): Counters[] => [
    at(totals, `${one.stream}\0${one.minute}`),
    ...one.facets.map(({ facet, value }) =>
      at(facets, facetKey(one.stream, one.minute, facet, value)),
    ),
  ];
  for (const one of reports) {
    for (const counters of countersOf(one)) addReport(counters, one.report);
    const viewer = `${one.minute} ${one.stream} ${one.session}`;
    if (one.number > (highest.get(viewer)?.number ?? -1)) highest.set(viewer, one);
  }
  for (const last of highest.values()) {
    if ((last.report.role ?? 'viewer') !== 'viewer') continue;
    for (const counters of countersOf(last)) counters.viewers += 1;
  }
  addUntold(totals, facets);
  return facets;
}

function addUntold(totals: ReadonlyMap<string, Counters>, facets: FacetsByKey): void {
  const left = new Map<string, Counters>();
  for (const [key, counters] of facets) {
    const [stream = '', minute = '', facet = ''] = key.split('\0');
    const untold = facetKey(stream, Number(minute), facet, 'untold');
    let rest = left.get(untold);
    if (rest === undefined) {
      rest = plainCounters();
      const total = totals.get(`${stream}\0${minute}`);
      if (total !== undefined) addPlainly(rest, total);
      left.set(untold, rest);
    }
    subtractPlainly(rest, counters);
  }
  for (const [key, rest] of left) if (rest.announces > 0) facets.set(key, rest);
}

function at(map: Map<string, Counters>, key: string): Counters {
  let counters = map.get(key);
  if (counters === undefined) {
    counters = plainCounters();
    map.set(key, counters);
  }
  return counters;
}
