import fc from 'fast-check';
import {
  addToBucket,
  browsers,
  bucketOf,
  cdnReasons,
  counterOf,
  emptyCell,
  failures,
  histogramNames,
  isInTime,
  minuteOf,
  roles,
  sumNames,
  firstAnnounce,
  type Announce,
  type CounterName,
  type Counters,
  type MinuteTimes,
  type PlainCell,
} from '../../schemas/index.js';

/** Times with which tests run: 5 s minutes. */
export const testTimes: MinuteTimes = { intervalMs: 5_000, lateMs: 15_000, graceMs: 5_000 };

/** An announce with the fields that matter to a test. */
export function announce(fields: Partial<Announce> = {}): Announce {
  return {
    stream: 'arena',
    session: Buffer.alloc(16, 1),
    number: 0,
    time: 0,
    quality: '720p',
    browser: 'Chrome',
    state: 'playing',
    ...firstAnnounce({}),
    ...fields,
  };
}

/** What some qualities are over all streams, said by hand; others are 'other' there. */
const qualitiesOverAll: ReadonlyMap<string, string> = new Map([
  ['720p', '720p'],
  ['1080p', '1080p'],
  ['800p', '720p'],
  ['hd=1080p', '1080p'],
]);

export function sessionOf(index: number): Buffer {
  const session = Buffer.alloc(16);
  session.writeUInt32BE(index);
  return session;
}

/** Announces of few sessions and streams whose time is within `spanMs` of `aroundMs`. */
export function arbitraryAnnounce(aroundMs: number, spanMs: number): fc.Arbitrary<Announce> {
  return fc
    .record({
      stream: fc.constantFrom('arena', 'studio.2', 'cinema'),
      session: fc.integer({ min: 0, max: 6 }).map(sessionOf),
      number: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 2 ** 31 - 1 })),
      time: fc.integer({ min: aroundMs - spanMs, max: aroundMs + spanMs }),
      quality: fc.constantFrom(...qualitiesOverAll.keys(), 'hd', 'unknown', 'other'),
      browser: fc.constantFrom(...browsers),
      watchedMs: fc.integer({ min: 0, max: 600_000 }),
      stalledMs: fc.integer({ min: 0, max: 600_000 }),
      stalls: fc.integer({ min: 0, max: 3 }),
      startupMs: fc.option(fc.integer({ min: 0, max: 600_000 })),
      cdnBytes: fc.integer({ min: 0, max: 2 ** 36 }),
      peerBytes: fc.integer({ min: 0, max: 2 ** 36 }),
      uploadedBytes: fc.integer({ min: 0, max: 2 ** 36 }),
      liveLatencyMs: fc.option(fc.integer({ min: 0, max: 5_000_000 })),
      encodedBitrateKbps: fc.option(fc.integer({ min: 0, max: 10_000_000 })),
      role: fc.constantFrom('viewer', 'viewer', 'viewer', ...roles),
      failure: fc.constantFrom(...failures),
      cdnReason: fc.constantFrom(...cdnReasons),
      errorsDrm: fc.integer({ min: 0, max: 9 }),
      qualitySwitches: fc.integer({ min: 0, max: 9 }),
      pausedMs: fc.integer({ min: 0, max: 600_000 }),
      seederBytes: fc.integer({ min: 0, max: 2 ** 36 }),
      connectionsTried: fc.integer({ min: 0, max: 9 }),
    })
    .map(announce);
}

/** An announce as it stands in the log. */
export interface Logged {
  readonly logAppendTimeMs: number;
  readonly announce: Announce;
}

/** Cells by stream, minute, quality and browser. */
export type CellsByKey = Map<string, PlainCell>;

/**
 * The count (docs/exactness.md#the-count), computed plainly: of all announces of a minute in time
 * in the log, the first copy of each; the viewer in the cell of the highest number. Over all
 * streams under '*'.
 */
export function plainCount(log: readonly Logged[], times: MinuteTimes): CellsByKey {
  const firsts = new Map<string, Announce>();
  for (const { logAppendTimeMs, announce: logged } of log) {
    const minute = minuteOf(logged.time, times.intervalMs);
    if (!isInTime(minute, logAppendTimeMs, times)) continue;
    const key = JSON.stringify([
      logged.stream,
      minute,
      logged.session.toString('hex'),
      logged.number,
    ]);
    if (!firsts.has(key)) firsts.set(key, logged);
  }
  const cells: CellsByKey = new Map();
  const cellsOf = (counted: Announce): PlainCell[] => {
    const minute = minuteOf(counted.time, times.intervalMs);
    const places = [
      [counted.stream, counted.quality],
      ['*', qualitiesOverAll.get(counted.quality) ?? 'other'],
    ] as const;
    return places.map(([stream, quality]) => {
      const key = countKey(stream, minute, quality, counted.browser);
      const cell = cells.get(key) ?? emptyCell(quality, counted.browser);
      cells.set(key, cell);
      return cell;
    });
  };
  const highest = new Map<string, Announce>();
  for (const counted of firsts.values()) {
    for (const cell of cellsOf(counted)) addAnnounce(cell, counted);
    const minute = minuteOf(counted.time, times.intervalMs);
    const key = JSON.stringify([counted.stream, minute, counted.session.toString('hex')]);
    const before = highest.get(key);
    if (before === undefined || counted.number > before.number) highest.set(key, counted);
  }
  for (const last of highest.values()) {
    if (last.role !== 'viewer') continue;
    for (const cell of cellsOf(last)) cell.viewers += 1;
  }
  return cells;
}

/**
 * Adds what an announce reports, by the table and plainly; all but the viewer, who is counted once
 * a minute. What the table should say is told by hand in cell-rows.test.ts and
 * lab/oracle/plain-cell.ts.
 */
export function addAnnounce(counters: Counters, announce: Announce): void {
  for (const name of sumNames) {
    const { of, times } = counterOf(name);
    if (!isCounted(name, announce)) continue;
    const factor = times === undefined ? 1 : Math.max(0, announce[times] ?? 0);
    if (of === 'announce') counters[name] += 1;
    else if (of !== 'viewer') counters[name] += factor * Math.max(0, announce[of] ?? 0);
  }
  for (const name of histogramNames) {
    if (!isCounted(name, announce)) continue;
    const { of, per, boundsMs = [] } = counterOf(name);
    const value = of === 'viewer' || of === 'announce' ? null : announce[of];
    const count = per === undefined ? 1 : (announce[per] ?? 0);
    if (value === null || count === 0) continue;
    addToBucket(counters[name], bucketOf(value / count, boundsMs), count);
  }
}

function isCounted(name: CounterName, announce: Announce): boolean {
  const { ofRole = 'viewer', isSecond, when } = counterOf(name);
  if (ofRole !== 'any' && ofRole !== announce.role) return false;
  if (isSecond === true && ofRole === 'viewer' && announce.cdnReason === 'untold') return false;
  if (when === undefined) return true;
  if ('number' in when) return announce.number === when.number;
  if ('told' in when) return announce[when.told] !== null;
  if ('failure' in when) return announce.failure === when.failure;
  return announce.cdnReason === when.cdnReason;
}

export function countKey(stream: string, minute: number, quality: string, browser: string): string {
  return `${stream}\0${minute}\0${quality}\0${browser}`;
}

/** Plain data of cells, comparable whatever order they were made in. */
export function comparable(cells: CellsByKey): [string, PlainCell][] {
  return [...cells].sort(([left], [right]) => (left < right ? -1 : 1));
}
