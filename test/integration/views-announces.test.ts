import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  insertFullRows,
  readCountedMinutes,
  readCountedOverAll,
  type ClickHouse,
} from '../../clickhouse/index.js';
import { announceLimits, minuteOf, sessionIdOf, sumMax } from '../../schemas/index.js';
import { sharedStack } from './testing/stack.js';
import {
  announceRow,
  cellRow,
  cellsOf,
  countedOf,
  groupBy,
  isLoggedInTime,
  randomLog,
  sortedRows,
} from './testing/views-model.js';
import {
  insertAnnounces,
  makeDatabase,
  minuteTimes,
  rowsOf,
  timeText,
  type LoggedAnnounce,
} from './testing/views-support.js';

const { intervalMs, lateMs, graceMs } = minuteTimes;
const firstMinute = minuteOf(Date.now(), intervalMs) - 100;
const seed = Number(process.env['TEST_SEED'] ?? 7);

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe(`the views of announces (seed ${seed})`, () => {
  const log = randomLog(seed, firstMinute);
  const counted = countedOf(log);
  let clickhouse: ClickHouse;

  beforeAll(async () => {
    clickhouse = await makeDatabase(sharedStack().clickhouse.url);
    // Any order, in several inserts, and some of it twice: as after a crash before the commit.
    const half = Math.floor(log.length / 2);
    await insertAnnounces(clickhouse, log.slice(half));
    await insertAnnounces(clickhouse, log.slice(0, half + 50));
    await insertAnnounces(clickhouse, log.slice(half - 50));
  }, 60_000);

  afterAll(() => clickhouse.close());

  it('have something to tell apart', () => {
    expect(counted.length).toBeGreaterThan(100);
    expect(log.filter(isLoggedInTime).length).toBeGreaterThan(counted.length + 20);
    expect(log.filter((logged) => !isLoggedInTime(logged)).length).toBeGreaterThan(20);
  });

  it('collapse what was inserted twice, every field as it was', async () => {
    expect(sortedRows(await rowsOf(clickhouse, 'SELECT * FROM announces FINAL'))).toEqual(
      sortedRows(log.map(announceRow)),
    );
  });

  it('announces_counted has the first copy in time of each number, and nothing else', async () => {
    const rows = sortedRows(await rowsOf(clickhouse, 'SELECT * FROM announces_counted'));
    expect(rows).toEqual(sortedRows(counted.map(announceRow)));
  });

  it('announces_counted stays the count when it is asked for a part of its columns and rows', async () => {
    const query = `SELECT stream, minute, count() AS announces, sum(watched_ms) AS watched_ms
      FROM announces_counted WHERE minute >= {from:UInt64} GROUP BY stream, minute`;
    const from = firstMinute + 2;
    const expected = groupBy(
      counted.filter(({ announce }) => minuteOf(announce.time, intervalMs) >= from),
      ({ announce }) => [announce.stream, minuteOf(announce.time, intervalMs)],
    ).map((group) => ({
      stream: group[0]?.announce.stream,
      minute: minuteOf(group[0]?.announce.time ?? 0, intervalMs),
      announces: group.length,
      watched_ms: sum(group.map(({ announce }) => announce.watchedMs)),
    }));
    expect(sortedRows(await rowsOf(clickhouse, query, { from }))).toEqual(sortedRows(expected));
  });

  it('announces_late has all that was not in time, and on which side', async () => {
    const expected = log
      .filter((logged) => !isLoggedInTime(logged))
      .map((logged) => ({
        ...announceRow(logged),
        reason: logged.logAppendTimeMs < logged.announce.time ? 'early' : 'late',
      }));
    expect(sortedRows(await rowsOf(clickhouse, 'SELECT * FROM announces_late'))).toEqual(
      sortedRows(expected),
    );
  });

  it('stream_minutes_counted has the cells that the rollup counts', async () => {
    const rows = await rowsOf(clickhouse, 'SELECT * FROM stream_minutes_counted');
    expect(sortedRows(rows)).toEqual(sortedRows(cellsOf(counted).map(cellRow)));
  });

  it('stream_minutes_counted of some minutes is the same as of all', async () => {
    const query = 'SELECT * FROM stream_minutes_counted WHERE minute = {minute:UInt64}';
    const minute = firstMinute + 2;
    const cells = cellsOf(counted).filter((cell) => cell.minute === minute);
    expect(cells.length).toBeGreaterThan(0);
    expect(sortedRows(await rowsOf(clickhouse, query, { minute }))).toEqual(
      sortedRows(cells.map(cellRow)),
    );
  });

  it('sessions sums up each session, as far as it is a viewer', async () => {
    const ofViewers = counted.filter(({ announce }) => announce.role === 'viewer');
    expect(ofViewers.length).toBeLessThan(counted.length);
    const expected = groupBy(ofViewers, ({ announce }) => [
      announce.stream,
      sessionIdOf(announce.session),
    ]).map(sessionRow);
    const rows = await rowsOf(clickhouse, 'SELECT * FROM sessions');
    expect(sortedRows(rows)).toEqual(sortedRows(expected));
  });

  it('count an announce at the very edge of its time, and not a millisecond beyond', async () => {
    const edges = await makeDatabase(sharedStack().clickhouse.url);
    try {
      const [first] = log;
      if (first === undefined) throw new Error('an empty log');
      const minute = firstMinute + 1;
      const latest = (minute + 1) * intervalMs + lateMs;
      const earliest = minute * intervalMs - graceMs;
      const appended = [earliest - 1, earliest, latest, latest + 1];
      await insertAnnounces(
        edges,
        appended.map((logAppendTimeMs, number) => ({
          ...first,
          offset: number,
          logAppendTimeMs,
          announce: { ...first.announce, number, time: minute * intervalMs },
        })),
      );
      const query = (view: string): string => `SELECT number FROM ${view} ORDER BY number`;
      expect(await rowsOf(edges, query('announces_counted'))).toEqual([
        { number: 1 },
        { number: 2 },
      ]);
      expect(await rowsOf(edges, query('announces_late'))).toEqual([{ number: 0 }, { number: 3 }]);
    } finally {
      await edges.close();
    }
  });

  it('count up to the largest sum, in a cell and over all streams, and tell which cells stand at it', async () => {
    const bounds = await makeDatabase(sharedStack().clickhouse.url);
    try {
      const [first] = log;
      if (first === undefined) throw new Error('an empty log');
      const { stream } = first.announce;
      const announce = {
        ...first.announce,
        role: 'viewer' as const,
        cdnBytes: announceLimits.bytesMax,
      };
      await insertAnnounces(bounds, [{ ...first, announce }]);
      // As many more of its announces as are needed to get past 2^53, made where they lie.
      await bounds.client.command({
        query: `INSERT INTO announces SELECT announces.* REPLACE (number + more AS number, kafka_offset + more AS kafka_offset)
          FROM announces CROSS JOIN (SELECT toUInt32(number + 1) AS more FROM numbers(140000)) AS copies`,
      });
      await insertAnnounces(bounds, [
        { ...first, announce: { ...announce, stream: 'other-stream', cdnBytes: 1 } },
      ]);
      const minute = minuteOf(announce.time, intervalMs);
      const span = { from: minute, to: minute };
      const ofStream = await readCountedMinutes(bounds, [stream], span);
      expect(ofStream).toMatchObject([{ announces: 140_001, cdn_bytes: sumMax }]);
      expect(await readCountedMinutes(bounds, ['other-stream'], span)).toMatchObject([
        { announces: 1, cdn_bytes: 1 },
      ]);
      expect(await readCountedOverAll(bounds, span)).toMatchObject([
        { announces: 140_002, cdn_bytes: sumMax },
      ]);
      await insertFullRows(bounds, [
        ...ofStream,
        ...(await readCountedMinutes(bounds, ['other-stream'], span)),
      ]);
      expect(
        await rowsOf(bounds, 'SELECT stream, cdn_bytes FROM stream_minutes_saturated'),
      ).toEqual([{ stream, cdn_bytes: sumMax }]);
    } finally {
      await bounds.close();
    }
  }, 60_000);

  it('keep an announce whose time no clock can have, without counting it', async () => {
    const odd = await makeDatabase(sharedStack().clickhouse.url);
    try {
      const [first] = log;
      if (first === undefined) throw new Error('an empty log');
      const time = Date.UTC(9999, 11, 31);
      await insertAnnounces(odd, [{ ...first, announce: { ...first.announce, time } }]);
      expect(await rowsOf(odd, 'SELECT time, minute, reason FROM announces_late')).toEqual([
        { time: '2299-12-31 23:59:59.999', minute: minuteOf(time, intervalMs), reason: 'early' },
      ]);
      expect(await rowsOf(odd, 'SELECT number FROM announces_counted')).toEqual([]);
    } finally {
      await odd.close();
    }
  });
});

function sessionRow(group: readonly LoggedAnnounce[]): Record<string, unknown> {
  const announces = group
    .toSorted(
      ({ announce: left }, { announce: right }) =>
        left.number - right.number || left.time - right.time,
    )
    .map(({ announce }) => announce);
  const [first] = announces;
  const last = announces.at(-1);
  const times = announces.map(({ time }) => time);
  const distinct = (values: readonly string[]): string[] => [...new Set(values)].toSorted();
  return {
    stream: first?.stream,
    session: first === undefined ? undefined : sessionIdOf(first.session),
    first_time: timeText(Math.min(...times)),
    last_time: timeText(Math.max(...times)),
    announces: announces.length,
    browser: last?.browser,
    last_quality: last?.quality,
    last_state: last?.state,
    qualities: distinct(announces.map(({ quality }) => quality)),
    trackers: distinct(group.map(({ tracker }) => tracker)),
    watched_ms: sum(announces.map(({ watchedMs }) => watchedMs)),
    stalled_ms: sum(announces.map(({ stalledMs }) => stalledMs)),
    stalls: sum(announces.map(({ stalls }) => stalls)),
    startup_ms: announces.find(({ startupMs }) => startupMs !== null)?.startupMs ?? null,
    cdn_bytes: sum(announces.map(({ cdnBytes }) => cdnBytes)),
    peer_bytes: sum(announces.map(({ peerBytes }) => peerBytes)),
    uploaded_bytes: sum(announces.map(({ uploadedBytes }) => uploadedBytes)),
    dropped_frames: sum(announces.map(({ droppedFrames }) => droppedFrames)),
    errors: sum(announces.map(({ errors }) => errors)),
  };
}
