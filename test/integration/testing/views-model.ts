import { streamMinuteRow } from '../../../clickhouse/index.js';
import { announceRows } from '../../../lab/bench/ingest/announce-row.js';
import { seededRandom } from '../../../service/random.js';
import { addAnnounce } from '../../../rollup/testing/announces.js';
import {
  browsers,
  cdnReasons,
  cellOf,
  emptyCell,
  failures,
  isInTime,
  minuteOf,
  playerStates,
  roles,
  sessionIdOf,
  type Announce,
  type PlainCell,
  firstAnnounce,
} from '../../../schemas/index.js';
import { minuteTimes, timeText, type LoggedAnnounce } from './views-support.js';

const { intervalMs } = minuteTimes;

const qualities = ['480p', '720p', '1080p', 'other', 'unknown', 'hd=720p', '800p', 'low'];

/**
 * A log of announces of some sessions over some minutes: most in time, some late or early, copies
 * in other records (late ones too), numbers out of order, and a few with the number of an earlier
 * one but another time, as a broken viewer might send them.
 */
export function randomLog(seed: number, firstMinute: number): LoggedAnnounce[] {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <Value>(values: readonly Value[], otherwise: Value): Value =>
    values[below(values.length)] ?? otherwise;
  const offsets = [0, 0, 0, 0];
  const logged: LoggedAnnounce[] = [];
  const append = (announce: Announce, delayMs: number): void => {
    const partition = (announce.session[0] ?? 0) % offsets.length;
    const offset = offsets[partition] ?? 0;
    offsets[partition] = offset + 1 + below(2);
    const logAppendTimeMs = announce.time + delayMs;
    logged.push({ partition, offset, logAppendTimeMs, tracker: `tracker-${below(3)}`, announce });
  };
  const delayMs = (): number => {
    const kind = random();
    if (kind < 0.8) return below(5_000);
    if (kind < 0.9) return below(400_000);
    return kind < 0.95 ? 240_000 + below(60_000) : -below(150_000);
  };
  for (let count = 0; count < 40; count += 1) {
    const session = Buffer.from(Array.from({ length: 16 }, () => below(256)));
    const stream = pick(['arena', 'müßig/2', 'third'], 'arena');
    const browser = pick(browsers, 'Other');
    const announces = 1 + below(20);
    let time = firstMinute * intervalMs + below(4 * intervalMs);
    for (let number = 0; number < announces; number += 1) {
      time += 1_000 + below(20_000);
      const stalls = random() < 0.2 ? 1 + below(3) : 0;
      const announce: Announce = {
        ...firstAnnounce({}),
        stream,
        session,
        number,
        time,
        segment: below(1_000) - 1,
        quality: pick(qualities, 'other'),
        browser,
        state: pick(playerStates, 'unknown'),
        watchedMs: below(20_000),
        stalledMs: stalls * below(9_000),
        stalls,
        startupMs:
          number === 0 && random() < 0.8 ? pick([below(3_000), below(90_000), 500], 0) : null,
        cdnBytes: below(2 ** 31),
        peerBytes: pick([0, below(2 ** 31), 2 ** 36], 0),
        uploadedBytes: below(2 ** 20),
        peers: below(10),
        bufferLengthMs: pick([null, below(30_000)], null),
        liveLatencyMs: pick([null, below(30_000)], null),
        encodedBitrateKbps: pick([null, 3_000], null),
        throughputKbps: pick([null, below(90_000)], null),
        playbackRatePercent: pick([null, 100], null),
        droppedFrames: below(3),
        errors: random() < 0.05 ? 3 : 0,
        ...(random() < 0.8 ? secondOf(below) : {}),
      };
      append(announce, delayMs());
      while (random() < 0.3) append(announce, delayMs());
      if (random() < 0.03) append({ ...announce, time: time + below(3) * intervalMs }, delayMs());
    }
  }
  return logged;
}

/** What an announce of the second version has besides. */
function secondOf(below: (limit: number) => number): Partial<Announce> {
  return {
    role: roles[Math.max(0, below(roles.length + 4) - 4)] ?? 'viewer',
    failure: failures[Math.max(0, below(failures.length + 4) - 4)] ?? 'none',
    cdnReason: cdnReasons[1 + below(cdnReasons.length - 1)] ?? 'alone',
    errorsNetwork: below(2),
    errorsMedia: below(2),
    errorsDrm: below(2),
    errorsPlayer: below(2),
    qualitySwitches: below(4),
    startingMs: below(5_000),
    seekingMs: below(5_000),
    pausedMs: below(600_000),
    waitingMs: below(5_000),
    seederBytes: below(2 ** 31),
    connectionsTried: below(9),
    connectionsMade: below(5),
    viewer: below(2) === 0 ? null : Buffer.alloc(16, below(256)),
  };
}

export function isLoggedInTime({ announce, logAppendTimeMs }: LoggedAnnounce): boolean {
  return isInTime(minuteOf(announce.time, intervalMs), logAppendTimeMs, minuteTimes);
}

/** The count (docs/exactness.md#the-count), computed plainly. */
export function countedOf(log: readonly LoggedAnnounce[]): LoggedAnnounce[] {
  const first = new Map<string, LoggedAnnounce>();
  for (const logged of log.toSorted((left, right) => left.offset - right.offset)) {
    if (!isLoggedInTime(logged)) continue;
    const { stream, session, number, time } = logged.announce;
    const key = JSON.stringify([stream, sessionIdOf(session), number, minuteOf(time, intervalMs)]);
    if (!first.has(key)) first.set(key, logged);
  }
  return [...first.values()];
}

export interface CountedCell {
  readonly stream: string;
  readonly minute: number;
  readonly cell: PlainCell;
}

/** The cells of counted announces, each viewer in the cell of its highest number of the minute. */
export function cellsOf(counted: readonly LoggedAnnounce[]): CountedCell[] {
  const cells = new Map<string, CountedCell>();
  const cellFor = ({ announce }: LoggedAnnounce): PlainCell => {
    const { stream, quality, browser, time } = announce;
    const minute = minuteOf(time, intervalMs);
    const key = JSON.stringify([stream, minute, quality, browser]);
    const found = cells.get(key) ?? { stream, minute, cell: emptyCell(quality, browser) };
    cells.set(key, found);
    return found.cell;
  };
  const last = new Map<string, LoggedAnnounce>();
  for (const logged of counted) {
    const { announce } = logged;
    addAnnounce(cellFor(logged), announce);
    const key = JSON.stringify([
      announce.stream,
      minuteOf(announce.time, intervalMs),
      sessionIdOf(announce.session),
    ]);
    const before = last.get(key);
    if (before === undefined || before.announce.number < announce.number) last.set(key, logged);
  }
  for (const logged of last.values()) {
    if (logged.announce.role === 'viewer') cellFor(logged).viewers += 1;
  }
  return [...cells.values()];
}

/**
 * A row of `stream_minutes` (without its version) or of `stream_minutes_counted`, as ClickHouse
 * answers it.
 */
export function cellRow({ stream, minute, cell }: CountedCell): Record<string, unknown> {
  const row: Record<string, unknown> = {
    ...streamMinuteRow({ stream, minute, version: 0 }, cellOf(cell), intervalMs),
    time: timeText(minute * intervalMs, 0),
  };
  delete row['version'];
  return row;
}

/** A row of `announces`, as ClickHouse answers it. */
export function announceRow(logged: LoggedAnnounce): Record<string, unknown> {
  const { announce, partition, offset, logAppendTimeMs, tracker } = logged;
  const record = { partition, offset, logAppendTimeMs, key: null, value: null };
  const batch = { tracker, written: logAppendTimeMs, announces: [announce] };
  const [row] = announceRows(record, batch, intervalMs);
  const times = { time: timeText(announce.time), log_append_time: timeText(logAppendTimeMs) };
  return { ...row, ...times };
}

/** Groups by what `key` says; the groups in any order. */
export function groupBy<Value>(
  values: readonly Value[],
  key: (value: Value) => readonly unknown[],
): Value[][] {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const text = JSON.stringify(key(value));
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [value]);
    else group.push(value);
  }
  return [...groups.values()];
}

/** Rows in an order of their own, to compare what comes in none. */
export function sortedRows(rows: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const keyed = rows.map((row) => {
    const entries = Object.entries(row).toSorted(([left], [right]) => (left < right ? -1 : 1));
    return { row, text: JSON.stringify(entries) };
  });
  return keyed.toSorted((left, right) => (left.text < right.text ? -1 : 1)).map(({ row }) => row);
}
