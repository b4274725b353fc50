import type { LogRecord } from '../../kafka/index.js';
import {
  allStreams,
  codec,
  type Announce,
  type FacetValue,
  type PlainCell,
  type MinuteTimes,
} from '../../schemas/index.js';
import { isCursed } from './throws.js';
import { addReport, plainCounters } from '../oracle/plain-cell.js';
import { plainFacets, type FacetsByKey } from '../oracle/plain-facets.js';
import { plainQualityOverAll } from '../oracle/plain-quality.js';

/** An announce that counts, and for which minute. */
export interface Counted {
  readonly announce: Announce;
  readonly minute: number;
  readonly facets: readonly FacetValue[];
}

/** Cells by `countKey`. */
export type CellsByKey = Map<string, PlainCell>;

export function countKey(stream: string, minute: number, quality: string, browser: string): string {
  return `${stream}\0${minute}\0${quality}\0${browser}`;
}

/**
 * The count (docs/exactness.md#the-count), computed as it is defined and with nothing of the
 * rollup: of all announces of a minute in time in the log, the first copy of each (stream, session,
 * number).
 */
export function countedIn(log: readonly LogRecord[], times: MinuteTimes): Counted[] {
  const firsts = new Map<string, Counted>();
  for (const { value, logAppendTimeMs } of log) {
    const decoded = codec().decode(value);
    if (!decoded.ok || decoded.record.type !== 'AnnounceBatch') continue;
    if (isCursed(decoded.record.value)) continue;
    const { announces, facetValues = [] } = decoded.record.value;
    for (const announce of announces) {
      const minute = Math.floor(announce.time / times.intervalMs);
      const startMs = minute * times.intervalMs;
      if (logAppendTimeMs < startMs - times.graceMs) continue;
      if (logAppendTimeMs > startMs + times.intervalMs + times.lateMs) continue;
      const key = `${minute} ${announceKey(announce)}`;
      const facets = announce.facets.flatMap((place) => facetValues[place] ?? []);
      if (!firsts.has(key)) firsts.set(key, { announce, minute, facets });
    }
  }
  return [...firsts.values()];
}

export function announceKey({ stream, session, number }: Announce): string {
  return `${stream} ${session.toString('hex')} ${number}`;
}

/**
 * The cells of what counts, those over all streams under '*'; the viewer in the cell of the highest
 * number.
 */
export function cellsOf(counted: readonly Counted[]): CellsByKey {
  const cells: CellsByKey = new Map();
  const highest = new Map<string, Counted>();
  for (const one of counted) {
    for (const cell of cellsFor(cells, one)) addReport(cell, one.announce);
    const { stream, session, number } = one.announce;
    const viewer = `${one.minute} ${stream} ${session.toString('hex')}`;
    if (number > (highest.get(viewer)?.announce.number ?? -1)) highest.set(viewer, one);
  }
  for (const last of highest.values()) {
    if (last.announce.role !== 'viewer') continue;
    for (const cell of cellsFor(cells, last)) cell.viewers += 1;
  }
  return cells;
}

/** The same by facet. */
export function facetsOf(counted: readonly Counted[]): FacetsByKey {
  return plainFacets(
    counted.map(({ announce, minute, facets }) => {
      const { stream, number } = announce;
      const session = announce.session.toString('hex');
      return { stream, minute, session, number, report: announce, facets };
    }),
  );
}

function cellsFor(cells: CellsByKey, { announce, minute }: Counted): PlainCell[] {
  const places = [
    [announce.stream, announce.quality],
    [allStreams, plainQualityOverAll(announce.quality)],
  ] as const;
  return places.map(([stream, quality]) => {
    const key = countKey(stream, minute, quality, announce.browser);
    const cell = cells.get(key) ?? { quality, browser: announce.browser, ...plainCounters() };
    cells.set(key, cell);
    return cell;
  });
}
