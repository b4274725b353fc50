import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertFullRows, streamMinuteRow, type ClickHouse } from '../../clickhouse/index.js';
import { announce } from '../../rollup/testing/announces.js';
import {
  cellOf,
  playerStates,
  stallBoundsMs,
  startupBoundsMs,
  type Announce,
} from '../../schemas/index.js';
import { packageRoot } from '../../service/package-root.js';
import { documentedQueries } from './testing/documented-queries.js';
import { sharedStack } from './testing/stack.js';
import { cellsOf, countedOf } from './testing/views-model.js';
import {
  insertAnnounces,
  makeDatabase,
  minuteTimes,
  pastHour,
  rowsOf,
  type LoggedAnnounce,
} from './testing/views-support.js';

const page = readFileSync(join(packageRoot(), 'docs', 'analysts.md'), 'utf8');
const queries = documentedQueries('analysts.md');

const { intervalMs } = minuteTimes;
const { startMs, firstTime, secondTime, endTime } = pastHour;
const day = firstTime.slice(0, 10);

const session = (index: number) => ({ session: Buffer.alloc(16, index) });

/**
 * Ann watches two minutes in two qualities, Bob one, Cal sees nothing, Dan has another stream;
 * beside them a seeder and a preview, who are in no answer.
 */
const announces: readonly Partial<Announce>[] = [
  {
    ...session(1),
    time: startMs + 1_000,
    watchedMs: 30_000,
    startupMs: 450,
    cdnBytes: 3e9,
    peerBytes: 1e9,
    liveLatencyMs: 4_000,
    bufferLengthMs: 12_000,
  },
  {
    ...session(1),
    number: 1,
    time: startMs + 61_000,
    quality: '1080p',
    watchedMs: 54_000,
    stalledMs: 6_000,
    stalls: 2,
    peerBytes: 4e9,
    liveLatencyMs: 6_000,
    bufferLengthMs: 8_000,
  },
  {
    ...session(2),
    time: startMs + 62_000,
    browser: 'Firefox',
    quality: '480p',
    watchedMs: 36_000,
    startupMs: 1_200,
    cdnBytes: 2e9,
  },
  {
    ...session(3),
    time: startMs + 63_000,
    browser: 'Safari',
    state: 'fatal_error',
    errors: 1,
  },
  {
    ...session(4),
    stream: 'acme-side',
    time: startMs + 64_000,
    watchedMs: 60_000,
    startupMs: 5_500,
    cdnBytes: 1e9,
  },
  ...(['seeder', 'preview'] as const).map((role, place) => ({
    ...session(5 + place),
    role,
    time: startMs + 65_000,
    state: 'fatal_error' as const,
    cdnReason: 'alone' as const,
    watchedMs: 600_000,
    stalledMs: 60_000,
    stalls: 9,
    startupMs: 90,
    cdnBytes: 9e9,
    peerBytes: 9e9,
    liveLatencyMs: 90_000,
    bufferLengthMs: 90_000,
  })),
];

const log: readonly LoggedAnnounce[] = announces.map((fields, offset) => {
  const one = announce({ stream: 'acme-main', ...fields });
  const logAppendTimeMs = one.time + 50;
  return { partition: 0, offset, logAppendTimeMs, tracker: 'tracker-1', announce: one };
});

const answers: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  '1. What was each day?': [
    { day, stream: 'acme-main', viewers_peak: 3, viewers_average: 0.001, watched_hours: 0.03 },
    { day, stream: 'acme-side', viewers_peak: 1, viewers_average: 0.001, watched_hours: 0.02 },
  ],
  '2. How long do viewers stay?': [
    { minutes: 0, sessions: 3, share: 1 },
    { minutes: 1, sessions: 1, share: 0.3333 },
    ...[5, 10, 30, 60].map((minutes) => ({ minutes, sessions: 0, share: 0 })),
  ],
  '3. When did they come, and when did they go?': [
    { time: firstTime, came: 1, went: 0 },
    { time: secondTime, came: 2, went: 3 },
  ],
  '4. How many started within a second, and within five?': [
    { hour: firstTime, starts: 2, within_1_s: 0.5, within_5_s: 1 },
  ],
  '5. What did peers save?': [
    { month: `${day.slice(0, 7)}-01`, peer_gigabytes: 5, saved: 0.1, offload: 0.4545 },
  ],
  "6. What was a publisher's peak over all of its streams?": [
    { viewers_peak: 4, peak_time: secondTime },
  ],
  '7. How often does the quality change?': [
    { qualities_seen: 1, sessions: 2, watched_minutes_average: 0.3, stall_ratio: 0 },
    { qualities_seen: 2, sessions: 1, watched_minutes_average: 1.4, stall_ratio: 0.0667 },
  ],
  '8. How far behind live are they, and with how much in the buffer?': [
    { hour: firstTime, latency_p50_ms: 6_000, latency_p95_ms: 6_000, buffer_p50_ms: 12_000 },
  ],
  '9. How many sessions failed, by browser?': [
    { browser: 'Chrome', sessions: 1, failed: 0, saw_nothing: 0, stalls_an_hour: 85.71 },
    { browser: 'Firefox', sessions: 1, failed: 0, saw_nothing: 0, stalls_an_hour: 0 },
    { browser: 'Safari', sessions: 1, failed: 1, saw_nothing: 1, stalls_an_hour: null },
  ],
  '10. Does it stall less for those who have peers?': [
    { from_peers: 'CDN alone', sessions: 1, stall_ratio: 0, startup_p50_ms: 1_200 },
    { from_peers: 'most', sessions: 1, stall_ratio: 0.0667, startup_p50_ms: 450 },
    { from_peers: 'nothing fetched', sessions: 1, stall_ratio: null, startup_p50_ms: null },
  ],
};

interface DocumentedView {
  readonly view: string;
  readonly columns: string[];
  /** Columns that may be NULL, as it is said. */
  readonly nullable: string[];
}

/** Views of a table of the page, whose columns beside `said` it has; a first row names its view. */
function viewsOf(table: string, said: readonly string[]): DocumentedView[] {
  const views: DocumentedView[] = [];
  const rows = table.matchAll(/^\| (?:`(\w+)`)? *\| `(\w+)` *\| ([^|]*)\|/gm);
  for (const [, view, column = '', unit = ''] of rows) {
    if (view !== undefined) views.push({ view, columns: said.slice(), nullable: [] });
    views.at(-1)?.columns.push(column);
    if (unit.includes('NULL')) views.at(-1)?.nullable.push(column);
  }
  return views;
}

const [ofMinutes = '', ofAnnounces = ''] = [
  ...page.matchAll(/<!-- columns[^]*?<!-- end of the columns/g),
].map(([table]) => table);
const views = [...viewsOf(ofMinutes, ['stream', 'minute', 'time']), ...viewsOf(ofAnnounces, [])];

describe('docs/analysts.md', () => {
  let clickhouse: ClickHouse;

  beforeAll(async () => {
    clickhouse = await makeDatabase(sharedStack().clickhouse.url);
    await insertAnnounces(clickhouse, log);
    const rows = cellsOf(countedOf(log)).map(({ stream, minute, cell }) =>
      streamMinuteRow({ stream, minute, version: 1 }, cellOf(cell), intervalMs),
    );
    await insertFullRows(clickhouse, rows);
  }, 60_000);

  afterAll(() => clickhouse.close());

  it('has ten questions with known answers', () => {
    expect([...queries.keys()]).toEqual(Object.keys(answers));
  });

  it.each([...queries])('answers: %s', async (heading, sql) => {
    const parameters = {
      stream: 'acme-main',
      prefix: 'acme-',
      price: 0.02,
      from: firstTime,
      until: endTime,
    };
    expect(await rowsOf(clickhouse, sql, parameters)).toEqual(answers[heading]);
  });

  it.each(views)('has all columns of $view, and which may be NULL', async (documented) => {
    const real = await rowsOf(clickhouse, `DESCRIBE TABLE ${documented.view}`);
    expect(documented.columns).toEqual(real.map(({ name }) => name));
    const nullable = real.filter(({ type }) => String(type).startsWith('Nullable'));
    expect(nullable.map(({ name }) => name)).toEqual(expect.arrayContaining(documented.nullable));
  });

  it('has the states of a player, and the bounds of histograms', () => {
    const states = playerStates.map((state) => `\`${state}\``);
    expect(states.filter((state) => !page.includes(state))).toEqual([]);
    for (const bounds of [startupBoundsMs, stallBoundsMs]) {
      const texts = bounds.map((bound) => bound.toLocaleString('en').replaceAll(',', ' '));
      expect(page).toContain(`up to ${texts.join(', ')} ms`);
    }
  });
});
