import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  histogramColumns,
  insertFullRows,
  readCountedFacets,
  streamMinuteRow,
  sumColumns,
  type ClickHouse,
  type StreamMinuteRow,
} from '../../clickhouse/index.js';
import { announce } from '../../rollup/testing/announces.js';
import {
  cellOf,
  minuteOf,
  sessionIdOf,
  sumMax,
  type Announce,
  type FacetValue,
} from '../../schemas/index.js';
import { documentedQueries } from './testing/documented-queries.js';
import { sharedStack } from './testing/stack.js';
import { cellsOf, countedOf } from './testing/views-model.js';
import {
  insertAnnounces,
  makeDatabase,
  minuteTimes,
  pastHour,
  rowsOf,
  timeText,
  type LoggedAnnounce,
} from './testing/views-support.js';

const { intervalMs } = minuteTimes;
const { startMs, firstTime, secondTime, endTime } = pastHour;
const ann = Buffer.alloc(16, 1);
const bob = Buffer.alloc(16, 2);
const seeder = Buffer.alloc(16, 3);
const preview = Buffer.alloc(16, 4);

const blank = announce({ session: ann, time: startMs, segment: 5, cdnReason: 'connected' });
const facetsOf = (...values: readonly [string, string, string, string]): FacetValue[] =>
  (['country', 'network', 'device', 'holdback'] as const).map((facet, place) => ({
    facet,
    value: values[place] ?? '',
  }));
const facetsOfSessions: ReadonlyMap<Buffer, FacetValue[]> = new Map([
  [ann, facetsOf('DE', 'AS3320', 'tv', 'with_peers')],
  [bob, facetsOf('CZ', 'AS64500', 'mobile', 'held_back')],
  [seeder, facetsOf('AT', 'AS64501', 'other', 'with_peers')],
  [preview, facetsOf('AT', 'AS64501', 'desktop', 'held_back')],
]);

/**
 * Ann watches two minutes with Chrome, Bob the second with Firefox; one of Bob's announces comes
 * too late. Beside them a seeder and a preview, who are in no answer about viewers.
 */
const announces: readonly (readonly [Partial<Announce>, delayMs: number])[] = [
  [
    {
      time: startMs + 1_000,
      watchedMs: 30_000,
      startupMs: 450,
      cdnBytes: 3e9,
      peerBytes: 1e9,
      seederBytes: 10e9,
      startingMs: 450,
      liveLatencyMs: 4_500,
      encodedBitrateKbps: 3_000,
      connectionsTried: 4,
      connectionsMade: 3,
    },
    50,
  ],
  [
    {
      number: 1,
      time: startMs + 61_000,
      watchedMs: 54_000,
      stalledMs: 6_000,
      stalls: 2,
      peerBytes: 4e9,
      uploadedBytes: 500,
      errors: 4,
      errorsNetwork: 2,
      errorsDrm: 1,
    },
    50,
  ],
  [
    {
      session: bob,
      browser: 'Firefox',
      quality: '480p',
      time: startMs + 62_000,
      watchedMs: 36_000,
      startupMs: 1_200,
      startingMs: 1_200,
      cdnBytes: 2e9,
      cdnReason: 'alone',
      failure: 'playback_failed',
    },
    50,
  ],
  [
    {
      session: bob,
      browser: 'Firefox',
      quality: '480p',
      number: 1,
      time: startMs + 70_000,
      watchedMs: 9_000,
    },
    500_000,
  ],
  [
    {
      session: seeder,
      role: 'seeder',
      browser: 'Other',
      quality: 'unknown',
      time: startMs + 2_000,
      watchedMs: 7_000,
      startupMs: 20,
      cdnBytes: 9e9,
      uploadedBytes: 10e9,
      errors: 1,
      liveLatencyMs: 100,
    },
    50,
  ],
  [
    {
      session: preview,
      role: 'preview',
      browser: 'Safari',
      quality: '240p',
      state: 'fatal_error',
      time: startMs + 3_000,
      watchedMs: 50_000,
      stalledMs: 10_000,
      stalls: 1,
      cdnBytes: 8e9,
      errors: 1,
      errorsDrm: 1,
      failure: 'start_failed',
    },
    50,
  ],
];

const log: readonly LoggedAnnounce[] = announces.map(([fields, delayMs], offset) => {
  const one = { ...blank, ...fields };
  const facets = facetsOfSessions.get(one.session) ?? [];
  const logAppendTimeMs = one.time + delayMs;
  const told = { ...one, viewer: one.session };
  return { partition: 0, offset, logAppendTimeMs, tracker: 'tracker-1', announce: told, facets };
});

const cellRows: readonly StreamMinuteRow[] = cellsOf(countedOf(log)).map(
  ({ stream, minute, cell }) =>
    streamMinuteRow({ stream, minute, version: 1 }, cellOf(cell), intervalMs),
);

const answers: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  'How many viewers did a stream have, minute by minute?': [
    { time: firstTime, viewers: 1, viewers_average: 0.5 },
    { time: secondTime, viewers: 2, viewers_average: 1.5 },
  ],
  "When was each stream's peak?": [{ stream: 'arena', peak: 2, peak_time: secondTime }],
  'How many watched at the same time over all streams?': [
    { time: firstTime, viewers: 1, streams: 1 },
    { time: secondTime, viewers: 2, streams: 1 },
  ],
  'How many different sessions were there, and how long did they watch?': [
    { stream: 'arena', sessions: 2, watched_minutes_average: 1, watched_minutes_median: 1.4 },
  ],
  'Which qualities were watched, hour by hour?': [
    { hour: firstTime, quality: '720p', watched_hours: 0.02, share: 0.7 },
    { hour: firstTime, quality: '480p', watched_hours: 0.01, share: 0.3 },
  ],
  'Which browsers do viewers use?': [
    { browser: 'Chrome', watched_hours: 0.02, share: 0.7 },
    { browser: 'Firefox', watched_hours: 0.01, share: 0.3 },
  ],
  'Which browsers get which quality?': [
    { quality: '480p', browser: 'Firefox', viewers_peak: 1, watched_hours: 0.01 },
    { quality: '720p', browser: 'Chrome', viewers_peak: 1, watched_hours: 0.02 },
  ],
  'How much did the CDN deliver, how much did peers?': [
    { hour: firstTime, quality: '480p', cdn_gigabytes: 2, peer_gigabytes: 0 },
    { hour: firstTime, quality: '720p', cdn_gigabytes: 3, peer_gigabytes: 5 },
  ],
  'Which streams take most off the CDN?': [
    { stream: 'arena', offload: 0.5, cdn_share: 0.25, saved_bytes: 5e9 },
  ],
  'How good was it to watch, minute by minute?': [
    {
      time: firstTime,
      stalled_percent: 0,
      stalls: 0,
      startup_p50_ms: 450,
      startup_p95_ms: 495,
      errors: 0,
    },
    {
      time: secondTime,
      stalled_percent: 6.25,
      stalls: 2,
      startup_p50_ms: 1250,
      startup_p95_ms: 1475,
      errors: 4,
    },
  ],
  'For whom was it worst?': [
    {
      quality: '720p',
      browser: 'Chrome',
      stall_ratio: 6 / 90,
      stalls: 2,
      dropped_frames: 0,
      errors: 4,
    },
    {
      quality: '480p',
      browser: 'Firefox',
      stall_ratio: 0,
      stalls: 0,
      dropped_frames: 0,
      errors: 0,
    },
  ],
  'For whom was it worst? (2)': [
    {
      session: sessionIdOf(ann),
      browser: 'Chrome',
      last_quality: '720p',
      watched_ms: 84_000,
      stalled_ms: 6_000,
      stalls: 2,
      startup_ms: 450,
      last_state: 'playing',
    },
    {
      session: sessionIdOf(bob),
      browser: 'Firefox',
      last_quality: '480p',
      watched_ms: 36_000,
      stalled_ms: 0,
      stalls: 0,
      startup_ms: 1_200,
      last_state: 'playing',
    },
  ],
  'How long did it take to start, exactly?': [
    { browser: 'Chrome', starts: 1, p50_ms: 450, p95_ms: 450, never_started: 0 },
    { browser: 'Firefox', starts: 1, p50_ms: 1_200, p95_ms: 1_200, never_started: 0 },
  ],
  'Who uploads?': [{ sessions: 2, uploading: 1, share_of_top_tenth: 1 }],
  'What did one viewer see?': [
    {
      number: 0,
      time: timeText(startMs + 1_000),
      state: 'playing',
      quality: '720p',
      segment: 5,
      watched_ms: 30_000,
      stalled_ms: 0,
      cdn_bytes: 3e9,
      peer_bytes: 1e9,
      peers: 0,
      tracker: 'tracker-1',
    },
    {
      number: 1,
      time: timeText(startMs + 61_000),
      state: 'playing',
      quality: '720p',
      segment: 5,
      watched_ms: 54_000,
      stalled_ms: 6_000,
      cdn_bytes: 0,
      peer_bytes: 4e9,
      peers: 0,
      tracker: 'tracker-1',
    },
  ],
  'Why does so much still come from the CDN?': [
    {
      hour: firstTime,
      alone_gigabytes: 2,
      policy_gigabytes: 0,
      starting_gigabytes: 0,
      unconnected_gigabytes: 0,
      connected_gigabytes: 3,
      untold_gigabytes: 0,
    },
  ],
  'How many views were begun, and what became of them?': [
    { begun: 2, played: 2, failed: 0, given_up: 0, failed_later: 1 },
  ],
  'What goes wrong?': [{ network: 2, media: 0, drm: 1, player: 0, other: 1 }],
  'How far behind live is it watched, and at which bitrate?': [
    { time: firstTime, latency_p50_ms: 4_500, latency_p95_ms: 4_950, bitrate_kbps: 3_000 },
    { time: secondTime, latency_p50_ms: null, latency_p95_ms: null, bitrate_kbps: null },
  ],
  'In which countries is it watched, and how well?': [
    { country: 'DE', watched_hours: 0.02, share: 0.7, stall_ratio: 6 / 90 },
    { country: 'CZ', watched_hours: 0.01, share: 0.3, stall_ratio: 0 },
  ],
  'On which devices do starts fail?': [
    { device: 'mobile', begun: 1, played: 1, failed: 0, given_up: 0 },
    { device: 'tv', begun: 1, played: 1, failed: 0, given_up: 0 },
  ],
  'On which devices do DRM errors happen?': [{ device: 'tv', drm: 1, other: 1, all_errors: 4 }],
  'In which networks do peers help?': [
    { network: 'AS3320', offload: 0.625, connections_that_came_to_be: 0.75 },
    { network: 'AS64500', offload: 0, connections_that_came_to_be: null },
  ],
  'Do peers make it worse?': [
    {
      sessions_are: 'held_back',
      begun: 1,
      played: 1,
      given_up: 0,
      failed: 1,
      failed_share: 1,
      stall_ratio: 0,
      startup_ms: 1_200,
      bitrate_kbps: null,
    },
    {
      sessions_are: 'with_peers',
      begun: 1,
      played: 1,
      given_up: 0,
      failed: 0,
      failed_share: 0,
      stall_ratio: 0.0667,
      startup_ms: 450,
      bitrate_kbps: 3_000,
    },
  ],
  'How many people watched, and on how many days?': [{ days: 1, people: 2 }],
  'How much came too late to be counted?': [
    { stream: 'arena', role: 'viewer', reason: 'late', announces: 1, sessions: 1 },
  ],
  'Which figures are lower bounds?': [],
  'Do the figures and the raw announces agree?': [],
};

describe('the queries of docs/queries.md', () => {
  const queries = documentedQueries('queries.md');
  const parameters = {
    stream: 'arena',
    session: sessionIdOf(ann),
    from: firstTime,
    until: endTime,
  };
  let clickhouse: ClickHouse;

  beforeAll(async () => {
    clickhouse = await makeDatabase(sharedStack().clickhouse.url);
    await insertAnnounces(clickhouse, log);
    await insertFullRows(clickhouse, cellRows);
    const minute = minuteOf(startMs, intervalMs);
    const span = { from: minute, to: minute + 60 };
    const facetRows = await readCountedFacets(clickhouse, ['arena'], span);
    await insertFullRows(clickhouse, facetRows);
  }, 60_000);

  afterAll(() => clickhouse.close());

  it('are at least a dozen, each with a known answer', () => {
    expect(queries.size).toBeGreaterThanOrEqual(12);
    expect([...queries.keys()]).toEqual(Object.keys(answers));
  });

  it.each([...queries])('answer: %s', async (heading, sql) => {
    expect(await rowsOf(clickhouse, sql, parameters)).toEqual(answers[heading]);
  });

  it('find which figures are lower bounds', async () => {
    const sql = queries.get('Which figures are lower bounds?') ?? '';
    const [row] = cellRows;
    if (row === undefined) throw new Error('no cells');
    const counted = { ...row, stream: 'liar', version: 1 };
    await insertFullRows(clickhouse, [
      { ...counted, cdn_bytes: sumMax },
      { ...counted, quality: '144p', played_bits: sumMax },
      { ...counted, quality: '240p', peer_bytes: sumMax - 1 },
    ]);
    for (const column of [...sumColumns, ...histogramColumns]) expect(sql).toContain(`'${column}'`);
    expect(await rowsOf(clickhouse, sql, parameters)).toEqual([
      { stream: 'liar', time: firstTime, at_least: ['cdn_bytes', 'played_bits'] },
    ]);
    const ofViews = 'SELECT stream FROM offload WHERE cdn_bytes >= 9007199254740990';
    expect(await rowsOf(clickhouse, ofViews)).toEqual([{ stream: 'liar' }]);
    const rest = `SELECT DISTINCT stream FROM offload
      WHERE (stream, minute) NOT IN (SELECT stream, minute FROM stream_minutes_saturated)`;
    expect(await rowsOf(clickhouse, rest)).toEqual([{ stream: 'arena' }]);
  });

  it('find where figures and raw announces differ', async () => {
    const sql = queries.get('Do the figures and the raw announces agree?') ?? '';
    const [row] = cellRows;
    if (row === undefined) throw new Error('no cells');
    const wrong = { ...row, viewers: row.viewers + 4, version: 2 };
    const surplus = { ...row, quality: '144p', version: 1 };
    await insertFullRows(clickhouse, [wrong, surplus]);
    expect(await rowsOf(clickhouse, sql, parameters)).toEqual([
      {
        minute_number: minuteOf(startMs, intervalMs),
        quality_name: '144p',
        browser_name: row.browser,
        viewers_counted: 0,
        viewers_written: row.viewers,
      },
      {
        minute_number: minuteOf(startMs, intervalMs),
        quality_name: row.quality,
        browser_name: row.browser,
        viewers_counted: row.viewers,
        viewers_written: row.viewers + 4,
      },
    ]);
  });
});
