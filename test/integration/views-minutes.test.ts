import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  insertFullRows,
  streamMinuteRow,
  type ClickHouse,
  type StreamMinuteRow,
} from '../../clickhouse/index.js';
import {
  browsers,
  bucketOf,
  emptyHistogram,
  latencyBoundsMs,
  minuteOf,
  quantileOf,
  stallBoundsMs,
  startupBoundsMs,
} from '../../schemas/index.js';
import { sharedStack } from './testing/stack.js';
import { seededRandom } from '../../service/random.js';
import { groupBy, sortedRows } from './testing/views-model.js';
import { makeDatabase, minuteTimes, rowsOf, timeText } from './testing/views-support.js';

const { intervalMs } = minuteTimes;
const firstMinute = minuteOf(Date.now(), intervalMs) - 100;
const seed = Number(process.env['TEST_SEED'] ?? 7);

const viewColumns = [
  ...(['views_begun', 'views_played'] as const),
  ...(['starts_failed', 'starts_given_up', 'playbacks_failed'] as const),
];
const errorColumns = [
  ...(['errors_network', 'errors_media', 'errors_drm', 'errors_player'] as const),
];
const stateColumns = [...(['starting_ms', 'seeking_ms', 'paused_ms', 'waiting_ms'] as const)];
const reasonColumns = [
  ...(['cdn_alone_bytes', 'cdn_policy_bytes', 'cdn_starting_bytes'] as const),
  ...(['cdn_unconnected_bytes', 'cdn_connected_bytes'] as const),
];
const peerColumns = [
  ...(['seeder_bytes', 'connections_tried', 'connections_made'] as const),
  ...(['seeder_cdn_bytes', 'seeder_uploaded_bytes'] as const),
];
const secondColumns = [
  ...viewColumns,
  ...errorColumns,
  ...stateColumns,
  ...reasonColumns,
  ...peerColumns,
  ...(['quality_switches', 'played_bits', 'played_bitrate_ms'] as const),
];
type Second = (typeof secondColumns)[number];

/**
 * Random cells of every quality and browser; some that a correction emptied, some without
 * start-ups.
 */
function randomCells(version: number): StreamMinuteRow[] {
  const random = seededRandom(seed + version);
  const below = (limit: number): number => Math.floor(random() * limit);
  const histogram = (bounds: readonly number[]): number[] => {
    const counts = emptyHistogram(bounds);
    if (random() < 0.3) return counts;
    for (let count = below(40); count > 0; count -= 1) {
      const bucket = bucketOf(below(random() < 0.1 ? 200_000 : 4_000), bounds);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    return counts;
  };
  const rows: StreamMinuteRow[] = [];
  for (const stream of ['arena', 'müßig/2', 'idle']) {
    for (let minute = firstMinute; minute < firstMinute + 3; minute += 1) {
      for (const quality of ['480p', '720p', 'other']) {
        for (const browser of browsers) {
          if (random() < 0.2) continue;
          const isEmptied = random() < 0.1;
          const some = (limit: number): number =>
            isEmptied || stream === 'idle' ? 0 : below(limit);
          const place = { stream, minute, version };
          rows.push({
            ...streamMinuteRow(place, { quality, browser, counts: [] }, intervalMs),
            viewers: isEmptied ? 0 : below(50),
            announces: isEmptied ? 0 : 1 + below(500),
            watched_ms: some(3_000_000),
            stalled_ms: some(30_000),
            stalls: some(9),
            cdn_bytes: some(2 ** 45),
            peer_bytes: some(2 ** 45),
            uploaded_bytes: some(2 ** 40),
            dropped_frames: some(5),
            errors: some(4_000_000),
            startup_histogram: isEmptied
              ? emptyHistogram(startupBoundsMs)
              : histogram(startupBoundsMs),
            stall_histogram: isEmptied ? emptyHistogram(stallBoundsMs) : histogram(stallBoundsMs),
            latency_histogram: isEmptied
              ? emptyHistogram(latencyBoundsMs)
              : histogram(latencyBoundsMs),
            ...Object.fromEntries(secondColumns.map((column) => [column, some(1_000_000)])),
          });
        }
      }
    }
  }
  return rows;
}

type Sum =
  | 'viewers'
  | 'announces'
  | 'watched_ms'
  | 'stalled_ms'
  | 'stalls'
  | 'cdn_bytes'
  | 'peer_bytes'
  | 'uploaded_bytes'
  | 'dropped_frames'
  | 'errors';

function sumOf(group: readonly StreamMinuteRow[], counter: Sum | Second): number {
  return group.reduce((total, row) => total + row[counter], 0);
}

function sumsOf(
  group: readonly StreamMinuteRow[],
  ...counters: readonly (Sum | Second)[]
): Record<string, number> {
  return Object.fromEntries(counters.map((counter) => [counter, sumOf(group, counter)]));
}

function histogramOf(
  group: readonly StreamMinuteRow[],
  column: 'startup_histogram' | 'stall_histogram' | 'latency_histogram',
  bounds: readonly number[],
): number[] {
  return emptyHistogram(bounds).map((_, bucket) =>
    group.reduce((total, row) => total + (row[column][bucket] ?? 0), 0),
  );
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** Of each cell what its errors are more than those of a kind; a player may tell more of these. */
function otherErrors(group: readonly StreamMinuteRow[]): number {
  return group.reduce(
    (total, row) => total + Math.max(0, row.errors - sumOfColumns([row], errorColumns)),
    0,
  );
}

function offloadExplained(group: readonly StreamMinuteRow[]): Record<string, number | null> {
  const cdnBytes = sumOf(group, 'cdn_bytes');
  const fetchedBytes = cdnBytes + sumOf(group, 'peer_bytes') + sumOf(group, 'seeder_bytes');
  return {
    ...sumsOf(group, 'cdn_bytes', 'peer_bytes', ...reasonColumns, ...peerColumns),
    cdn_untold_bytes: cdnBytes - sumOfColumns(group, reasonColumns),
    cdn_share: ratio(cdnBytes, fetchedBytes),
  };
}

function sumOfColumns(group: readonly StreamMinuteRow[], columns: readonly Second[]): number {
  return columns.reduce((total, column) => total + sumOf(group, column), 0);
}

describe(`the views of stream_minutes (seed ${seed})`, () => {
  // The second writing corrects some cells of the first, and the first comes once more, too late.
  const written = randomCells(1);
  const corrected = randomCells(2).filter((_, index) => index % 3 === 0);
  const keyOf = (row: StreamMinuteRow): string =>
    JSON.stringify([row.stream, row.minute, row.quality, row.browser]);
  const current = [...new Map([...written, ...corrected].map((row) => [keyOf(row), row])).values()];
  const cells = current.filter((row) => row.announces > 0);
  const byMinute = groupBy(cells, ({ stream, minute }) => [stream, minute]);
  let clickhouse: ClickHouse;

  beforeAll(async () => {
    clickhouse = await makeDatabase(sharedStack().clickhouse.url);
    await insertFullRows(clickhouse, written);
    await insertFullRows(clickhouse, corrected);
    await insertFullRows(clickhouse, corrected);
    await insertFullRows(clickhouse, written);
  }, 60_000);

  afterAll(() => clickhouse.close());

  /** The rows of a view are those that `expected` makes of the groups of cells. */
  async function expectView(
    view: string,
    groups: readonly (readonly StreamMinuteRow[])[],
    columns: (group: readonly StreamMinuteRow[], first: StreamMinuteRow) => Record<string, unknown>,
  ): Promise<void> {
    const expected = groups.flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { stream, minute } = first;
      return [{ stream, minute, time: timeText(minute * intervalMs, 0), ...columns(group, first) }];
    });
    expect(expected.length).toBeGreaterThan(0);
    expect(sortedRows(await rowsOf(clickhouse, `SELECT * FROM ${view}`))).toEqual(
      sortedRows(expected),
    );
  }

  it('keep of each cell the highest version, whatever came last', async () => {
    const rows = await rowsOf(clickhouse, 'SELECT * FROM stream_minutes FINAL');
    expect(sortedRows(rows)).toEqual(
      sortedRows(current.map((row) => ({ ...row, time: timeText(row.time * 1_000, 0) }))),
    );
  });

  it('keep it also once ClickHouse has merged', async () => {
    const before = await rowsOf(clickhouse, 'SELECT * FROM viewers_by_quality');
    await clickhouse.client.command({ query: 'OPTIMIZE TABLE stream_minutes FINAL' });
    const [count] = await rowsOf(clickhouse, 'SELECT count() AS rows FROM stream_minutes');
    expect(count).toEqual({ rows: current.length });
    expect(sortedRows(await rowsOf(clickhouse, 'SELECT * FROM viewers_by_quality'))).toEqual(
      sortedRows(before),
    );
  });

  it('viewers_per_minute', () =>
    expectView('viewers_per_minute', byMinute, (group) => ({
      ...sumsOf(group, 'viewers', 'announces'),
      viewers_average: sumOf(group, 'watched_ms') / intervalMs,
    })));

  it('viewers_by_quality', () =>
    expectView(
      'viewers_by_quality',
      groupBy(cells, ({ stream, minute, quality }) => [stream, minute, quality]),
      (group, { quality }) => ({ quality, ...sumsOf(group, 'viewers', 'watched_ms') }),
    ));

  it('browser_usage', () =>
    expectView(
      'browser_usage',
      groupBy(cells, ({ stream, minute, browser }) => [stream, minute, browser]),
      (group, { stream, minute, browser }) => {
        const all = cells.filter((row) => row.stream === stream && row.minute === minute);
        return {
          browser,
          ...sumsOf(group, 'viewers', 'watched_ms'),
          share: ratio(sumOf(group, 'viewers'), sumOf(all, 'viewers')),
        };
      },
    ));

  it('browser_usage_by_quality', () =>
    expectView(
      'browser_usage_by_quality',
      cells.map((cell) => [cell]),
      (group, { stream, minute, quality, browser }) => {
        const all = cells.filter(
          (row) => row.stream === stream && row.minute === minute && row.quality === quality,
        );
        return {
          quality,
          browser,
          ...sumsOf(group, 'viewers', 'watched_ms'),
          share: ratio(sumOf(group, 'viewers'), sumOf(all, 'viewers')),
        };
      },
    ));

  it('traffic', () =>
    expectView(
      'traffic',
      groupBy(cells, ({ stream, minute, quality }) => [stream, minute, quality]),
      (group, { quality }) => ({
        quality,
        ...sumsOf(group, 'cdn_bytes', 'peer_bytes', 'uploaded_bytes'),
      }),
    ));

  it('offload, which is nothing where nothing was fetched', async () => {
    await expectView('offload', byMinute, (group) => ({
      ...sumsOf(group, 'cdn_bytes', 'peer_bytes'),
      offload: ratio(
        sumOf(group, 'peer_bytes'),
        sumOf(group, 'cdn_bytes') + sumOf(group, 'peer_bytes'),
      ),
    }));
    const query = "SELECT DISTINCT offload FROM offload WHERE stream = 'idle'";
    expect(await rowsOf(clickhouse, query)).toEqual([{ offload: null }]);
    const said = `SELECT comment FROM system.tables
      WHERE database = currentDatabase() AND name = 'offload'`;
    expect((await rowsOf(clickhouse, said))[0]?.['comment']).toContain('seeders left out');
  });

  it('quality_of_experience, with the percentiles that quantileOf gives', () =>
    expectView('quality_of_experience', byMinute, (group) => {
      const startups = histogramOf(group, 'startup_histogram', startupBoundsMs);
      const stalls = histogramOf(group, 'stall_histogram', stallBoundsMs);
      const latencies = histogramOf(group, 'latency_histogram', latencyBoundsMs);
      return {
        ...sumsOf(
          group,
          'viewers',
          'watched_ms',
          'stalled_ms',
          'stalls',
          'dropped_frames',
          'errors',
        ),
        stall_ratio: ratio(
          sumOf(group, 'stalled_ms'),
          sumOf(group, 'watched_ms') + sumOf(group, 'stalled_ms'),
        ),
        startups: startups.reduce((total, count) => total + count, 0),
        startup_p50_ms: quantileOf(startups, startupBoundsMs, 0.5) ?? null,
        startup_p95_ms: quantileOf(startups, startupBoundsMs, 0.95) ?? null,
        stall_p50_ms: quantileOf(stalls, stallBoundsMs, 0.5) ?? null,
        stall_p95_ms: quantileOf(stalls, stallBoundsMs, 0.95) ?? null,
        startup_histogram: startups,
        stall_histogram: stalls,
        ...sumsOf(group, 'quality_switches', ...stateColumns),
        bitrate_kbps: ratio(sumOf(group, 'played_bits'), sumOf(group, 'played_bitrate_ms')),
        latency_p50_ms: quantileOf(latencies, latencyBoundsMs, 0.5) ?? null,
        latency_p95_ms: quantileOf(latencies, latencyBoundsMs, 0.95) ?? null,
        latency_histogram: latencies,
      };
    }));

  it('views', () => expectView('views', byMinute, (group) => sumsOf(group, ...viewColumns)));

  it('errors_by_kind, with what is of none or untold, and never less than nothing', () =>
    expectView('errors_by_kind', byMinute, (group) => ({
      ...sumsOf(group, 'errors', ...errorColumns),
      errors_other: otherErrors(group),
    })));

  it('offload_explained, with what nobody told', () =>
    expectView('offload_explained', byMinute, offloadExplained));

  it('errors_by_kind_by_facet and offload_by_facet, with all that the streams have', async () => {
    const ofFacets = cells.filter(({ quality }) => quality === '480p');
    await insertFullRows(
      clickhouse,
      ofFacets.map(({ quality: _quality, browser, ...counted }) => ({
        ...counted,
        facet: 'device',
        value: browser,
      })),
    );
    const groups = ofFacets.map((cell) => [cell]);
    const facet = 'device';
    await expectView('errors_by_kind_by_facet', groups, (group, { browser: value }) => ({
      facet,
      value,
      ...sumsOf(group, 'errors', ...errorColumns),
      errors_other: otherErrors(group),
    }));
    await expectView('offload_by_facet', groups, (group, cell) => ({
      facet,
      value: cell.browser,
      ...offloadExplained(group),
      uploaded_bytes: cell.uploaded_bytes,
      offload: ratio(cell.peer_bytes, cell.cdn_bytes + cell.peer_bytes),
    }));
  });

  it('quality_of_experience has no percentiles where nothing was counted', async () => {
    const none = {
      startup_histogram: emptyHistogram(startupBoundsMs),
      stall_histogram: emptyHistogram(stallBoundsMs),
    };
    const [row] = written;
    if (row === undefined) throw new Error('no cells');
    await insertFullRows(clickhouse, [{ ...row, ...none, stream: 'silent', announces: 1 }]);
    const query = `SELECT startups, startup_p50_ms, startup_p95_ms, stall_p50_ms, stall_p95_ms
      FROM quality_of_experience WHERE stream = 'silent'`;
    expect(await rowsOf(clickhouse, query)).toEqual([
      {
        startups: 0,
        startup_p50_ms: null,
        startup_p95_ms: null,
        stall_p50_ms: null,
        stall_p95_ms: null,
      },
    ]);
  });
});
