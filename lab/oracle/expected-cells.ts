import {
  minuteOf,
  type Browser,
  type CdnReason,
  type PlainCell,
  type Role,
} from '../../schemas/index.js';
import type { LedgerAnnounce } from '../viewers/ledger.js';
import { addPlainly, addReport, plainCounters } from './plain-cell.js';
import { plainQuality, plainQualityOverAll } from './plain-quality.js';

/** What must be counted, by the viewers' own record and nothing else. */
export interface ExpectedCell extends PlainCell {
  readonly stream: string;
  readonly minute: number;
}

/** Registered renditions of each stream; a stream that isn't listed lists none. */
export type Renditions = ReadonlyMap<string, readonly string[]>;

/** The quality that an announce counts under. */
export function countedQuality(announce: LedgerAnnounce, renditions: Renditions): string {
  return plainQuality(announce.announce.quality, renditions.get(announce.stream) ?? []);
}

/** What an announce counts as; the first version, without a reason, knows nothing but viewers. */
export function countedRole({
  facts,
  cdnReason = 'untold',
}: LedgerAnnounce & { readonly cdnReason?: CdnReason }): Role {
  return cdnReason === 'untold' ? 'viewer' : (facts?.role ?? 'viewer');
}

function emptyCell(
  stream: string,
  minute: number,
  quality: string,
  browser: Browser,
): ExpectedCell {
  return {
    stream,
    minute,
    quality,
    browser,
    ...plainCounters(),
  };
}

export function cellKey(stream: string, minute: number, quality: string, browser: string): string {
  return `${stream} ${minute} ${quality} ${browser}`;
}

/**
 * The cells of announces that are counted, each once: sums in the cell of the announce, and the
 * viewer in the cell of its highest number of the minute.
 */
export function expectedCells(
  announces: Iterable<LedgerAnnounce & { readonly cdnReason?: CdnReason }>,
  renditions: Renditions,
  intervalMs: number,
): readonly ExpectedCell[] {
  const cells = new Map<string, ExpectedCell>();
  const last = new Map<string, { readonly number: number; readonly cell: ExpectedCell }>();
  for (const counted of announces) {
    const { stream, session, browser, announce, cdnReason = 'untold' } = counted;
    const minute = minuteOf(announce.time, intervalMs);
    const quality = countedQuality(counted, renditions);
    const key = cellKey(stream, minute, quality, browser);
    const cell = cells.get(key) ?? emptyCell(stream, minute, quality, browser);
    cells.set(key, cell);
    const role = countedRole(counted);
    addReport(cell, { ...announce, cdnReason, role });
    if (role !== 'viewer') continue;
    const viewer = `${stream} ${minute} ${session}`;
    const before = last.get(viewer);
    if (before === undefined || announce.number > before.number) {
      last.set(viewer, { number: announce.number, cell });
    }
  }
  for (const { cell } of last.values()) cell.viewers += 1;
  return [...cells.values()];
}

/** Cells that have the same key after `regroup`, added up. */
export function groupCells(
  cells: Iterable<ExpectedCell>,
  regroup: (cell: ExpectedCell) => {
    readonly stream?: string;
    readonly quality?: string;
    readonly browser?: Browser;
  },
): readonly ExpectedCell[] {
  const groups = new Map<string, ExpectedCell>();
  for (const cell of cells) {
    const { stream, minute, quality, browser } = { ...cell, ...regroup(cell) };
    const key = cellKey(stream, minute, quality, browser);
    const group = groups.get(key) ?? emptyCell(stream, minute, quality, browser);
    groups.set(key, group);
    addPlainly(group, cell);
  }
  return [...groups.values()];
}

/** The cells over all streams, under the name `stream`. */
export function overAllStreams(
  cells: Iterable<ExpectedCell>,
  stream: string,
): readonly ExpectedCell[] {
  return groupCells(cells, ({ quality }) => ({ stream, quality: plainQualityOverAll(quality) }));
}
