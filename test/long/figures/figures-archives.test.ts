import { setImmediate } from 'node:timers/promises';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import {
  closedMetric,
  encodeNamePart,
  ReadableSeries,
  renderClient,
  writeToCarbon,
} from '../../../graphite/index.js';
import { partitionOfStream } from '../../../kafka/index.js';
import { launchChromium } from '../../../lab/browser/index.js';
import { Supervisor } from '../../../lab/stack/process/supervisor.js';
import { startGraphite, type GraphiteServers } from '../../../lab/stack/servers/graphite.js';
import { ClosedReader } from '../../../portal-api/metrics/closed-minutes.js';
import { LiveFigures } from '../../../portal-api/metrics/live-figures.js';
import { MetricsReader } from '../../../portal-api/metrics/metrics-reader.js';
import { memoryCatalog } from '../../../portal-api/testing/memory-catalog.js';
import {
  bearer,
  closePortals,
  testPortal,
  token,
} from '../../../portal-api/testing/portal-server.js';
import { allStreams } from '../../../schemas/index.js';
import { packageRoot } from '../../../service/package-root.js';
import { openPortal as openPage } from '../../integration/testing/portal-browser.js';
import { waitFor } from '../../integration/testing/portal-support.js';
import { writeOldPoints, type OldPoint } from '../testing/old-points.js';
import { SlowLink } from '../testing/slow-link.js';

const minuteMs = 60_000;
const stepMs = 600_000;
const dayMs = 86_400_000;
const partialPartitions = 4;
const naming = { prefix: 'viblast', intervalMs: minuteMs, partialPartitions };
/** A key of 100 characters, of which as many must be encoded as may be. */
const longKey = `A${'.:@'.repeat(23)}${'_-aZ09'.repeat(5)}`;
const arena = 'arena';
const clocks = 'clocks';
const keys = [arena, longKey, clocks];
/** Longer than the portal's 15 s: the machine may do much else. */
const timeoutMs = 60_000;
/** graphite-web by itself, without what is shipped, ends a read after so long. */
const ownLimitMs = 6_000;
const startedAtMs = Date.now();
const old = Math.floor((startedAtMs - 45 * dayMs) / stepMs) * stepMs;

/** The real graphite-web and carbon with the archives that are shipped. */
describe('figures of every age, from the archives as shipped', () => {
  const supervisor = new Supervisor();
  let graphite: GraphiteServers;
  let link: SlowLink;
  let portal: Awaited<ReturnType<typeof openPortal>>;

  const base = (key: string): string => `viblast.streams.${encodeNamePart(key)}`;
  const closedOf = (key: string): string =>
    closedMetric('viblast', partitionOfStream(key, partialPartitions));

  /** The portal with this Graphite; its streams are there since long ago. */
  async function openPortal() {
    const now = Date.now;
    const client = renderClient({ url: graphite.render, timeoutMs });
    const { columns } = new ReadableSeries(client, now);
    const reading = {
      ...naming,
      columns,
      closed: new ClosedReader({ ...naming, columns, now }),
      now,
    };
    const catalog = memoryCatalog(() => startedAtMs - 400 * dayMs);
    const opened = await testPortal({
      catalog,
      metrics: new MetricsReader(reading),
      live: new LiveFigures({ ...reading, catalog }),
      now,
      webFolder: join(packageRoot(), 'dist', 'portal-api', 'web'),
    });
    for (const key of keys) catalog.put({ key });
    return { app: opened.app, catalog };
  }

  async function get<Answer>(path: string): Promise<Answer> {
    const answer = await portal.app.inject({ url: `/api/v1${path}`, headers: bearer });
    expect(answer.statusCode).toBe(200);
    return answer.json<Answer>();
  }

  interface Range {
    readonly state: string;
    readonly stepMs: number;
    readonly times: number[];
    readonly series: Record<string, (number | null)[]>;
  }

  const range = (key: string, fromMs: number, untilMs: number): Promise<Range> =>
    get(`/streams/${encodeURIComponent(key)}/metrics?from=${fromMs}&until=${untilMs}`);

  async function writeNow(points: readonly (readonly [metric: string, value: number])[]) {
    const [host = '', port = ''] = graphite.plaintext.split(':');
    const timeS = Math.floor(Date.now() / minuteMs) * 60;
    const lines = points.map(([metric, value]) => ({ metric, value, timeS }));
    await writeToCarbon({ host, port: Number(port) }, lines);
  }

  async function writeOld(points: readonly OldPoint[]): Promise<void> {
    const path = join(supervisor.folder, 'points.json');
    const rows = points.map(({ metric, value, timeMs }) => [metric, value, timeMs / 1_000]);
    writeFileSync(path, JSON.stringify(rows));
    await writeOldPoints(graphite.whisper, path, supervisor.folder);
  }

  beforeAll(async () => {
    link = await SlowLink.open();
    graphite = await startGraphite(supervisor, minuteMs / 1_000, link.port);
    link.target = graphite.queryPort;
    const metrics = [
      'viewers',
      'viewers_average',
      'bytes.cdn',
      'stalled_ms',
      'stall_ratio',
      'startup_ms.p50',
      'startup_ms.histogram.bin_1000',
    ];
    const made = [
      ...keys.flatMap((key) => metrics.map((metric) => `${base(key)}.${metric}`)),
      ...[...keys, allStreams].map(closedOf),
      'viblast.total.viewers',
    ];
    const client = renderClient({ url: graphite.render, timeoutMs: 30_000 });
    await waitFor(async () => {
      await writeNow([...new Set(made)].map((metric) => [metric, 1]));
      const found = await client.find('viblast.total.*');
      return found.length > 0 ? true : undefined;
    });
    portal = await openPortal();
  }, 120_000);

  afterAll(async () => {
    await closePortals();
    link.close();
    await supervisor.close();
  }, 60_000);

  it('are means over all ten minutes, sums of them, and unknown where one is not known', async () => {
    const at = (step: number, minute: number): number => old + step * stepMs + minute * minuteMs;
    const minutes = Array.from({ length: 10 }, (_, minute) => minute);
    const closed = (step: number, of: readonly number[]): OldPoint[] =>
      [...new Set([closedOf(arena), closedOf(allStreams)])].flatMap((metric) =>
        of.map((minute) => ({ metric, value: 1, timeMs: at(step, minute) })),
      );
    const own = (metric: string, step: number, minute: number, value: number): OldPoint => ({
      metric: `${base(arena)}.${metric}`,
      value,
      timeMs: at(step, minute),
    });
    await writeOld([
      ...closed(0, minutes),
      ...closed(1, minutes),
      ...closed(2, minutes.slice(0, 9)),
      own('viewers', 0, 0, 30),
      own('viewers', 0, 1, 0),
      own('bytes.cdn', 0, 0, 1_000),
      own('bytes.cdn', 0, 1, 500),
      own('startup_ms.p50', 0, 0, 800),
      own('startup_ms.p50', 1, 0, 800),
      own('startup_ms.histogram.bin_1000', 0, 0, 3),
      own('startup_ms.histogram.bin_1000', 0, 1, 0),
      own('startup_ms.histogram.bin_1000', 0, 2, 2),
      own('viewers_average', 0, 0, 30),
      own('viewers_average', 0, 1, 0.5),
      own('stalled_ms', 0, 1, 30_000),
      own('stall_ratio', 0, 0, 0),
      own('stall_ratio', 0, 1, 0.5),
      own('viewers', 2, 0, 30),
      own('bytes.cdn', 2, 0, 1_000),
    ]);
    const answer = await range(arena, old, old + 4 * stepMs);
    expect(answer).toMatchObject({
      stepMs,
      times: [0, 1, 2, 3].map((step) => old + step * stepMs),
      series: {
        viewers: [3, 0, null, null],
        cdnBytes: [1_500, 0, null, null],
        peerBytes: [0, 0, null, null],
        // Half a minute of 31; the average of the ratios would be a quarter.
        stalledMs: [30_000, 0, null, null],
        stallRatio: [expect.closeTo(1 / 62, 9), null, null, null],
        startupP50Ms: [800, 800, null, null],
        // Where starts were told and no bucket, a rollup of before wrote it.
        startupHistogram: { bin_1000: [5, null, null, null], bin_inf: [0, null, null, null] },
      },
    });
  });

  it('are the same in long steps as minute by minute', async () => {
    const from = Math.floor((startedAtMs - 20 * dayMs) / (30 * minuteMs)) * 30 * minuteMs;
    const values = Array.from({ length: 60 }, (_, minute) =>
      minute % 3 === 0 ? minute : undefined,
    );
    const points = values.flatMap((value, minute) => {
      const timeMs = from + minute * minuteMs;
      const told = [...new Set([closedOf(arena), closedOf(allStreams)])].map((metric) => ({
        metric,
        value: 1,
        timeMs,
      }));
      const own =
        value === undefined
          ? []
          : [
              { metric: `${base(arena)}.viewers`, value, timeMs },
              { metric: `${base(arena)}.bytes.cdn`, value: 100 * value, timeMs },
            ];
      return [...told, ...own];
    });
    await writeOld(points);
    const fine = await range(arena, from, from + 60 * minuteMs);
    expect(fine).toMatchObject({ stepMs: minuteMs });
    expect(fine.series['viewers']).toEqual(values.map((value) => value ?? 0));
    const long = await range(arena, startedAtMs - 28 * dayMs, Date.now());
    expect(long.stepMs).toBe(30 * minuteMs);
    const first = long.times.indexOf(from);
    const sumOf = (part: readonly (number | null)[] = []): number =>
      part.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    for (const half of [0, 1]) {
      const minutes = fine.series['viewers']?.slice(30 * half, 30 * half + 30);
      expect(long.series['viewers']?.[first + half]).toBeCloseTo(sumOf(minutes) / 30, 9);
      expect(long.series['cdnBytes']?.[first + half]).toBeCloseTo(100 * sumOf(minutes), 6);
    }
    expect(long.series['viewers']?.[first + 2]).toBeNull();
  });

  it('are waited for as long as the portal waits, which is longer than graphite-web by itself', async () => {
    const answerMs = ownLimitMs + 3_000;
    link.nextAnswerMs = answerMs;
    const askedAtMs = performance.now();
    const answer = await range(arena, startedAtMs - 5 * minuteMs, startedAtMs + minuteMs);
    expect(answer.series['viewers']).toContain(1);
    // A read that is ended is asked for again, and then is quick.
    expect(performance.now() - askedAtMs).toBeGreaterThan(answerMs - 1_000);
  }, 60_000);

  it('are told apart on the page in the hour that comes twice', async () => {
    const back = lastClocksBack();
    const from = back - 6 * stepMs;
    const steps = Array.from({ length: 12 }, (_, step) => from + step * stepMs);
    await writeOld(
      steps.flatMap((step, index) =>
        Array.from({ length: 10 }, (_, minute) => step + minute * minuteMs).flatMap((timeMs) => [
          { metric: `${base(clocks)}.viewers`, value: index, timeMs },
          ...[...new Set([closedOf(clocks), closedOf(allStreams)])].map((metric) => {
            return { metric, value: 1, timeMs };
          }),
        ]),
      ),
    );
    const url = await portal.app.listen({ host: '127.0.0.1', port: 0 });
    const path = `/streams/${clocks}?from=${from}&until=${from + 12 * stepMs}`;
    const browser = await launchChromium();
    try {
      const options = { timezoneId: 'Europe/Berlin' };
      const { page } = await openPage(browser, { url, token }, path, options);
      const chart = page.locator('figure', { hasText: 'sessions that reported' });
      await chart.locator('canvas').waitFor();
      const [summer, winter] = ['02:30 UTC+02:00', '02:30 UTC+01:00'];

      await chart.locator('summary').click();
      const row = (time: string) => chart.getByRole('row', { name: time });
      expect(await row(summer).getByRole('cell').innerText()).toBe('3');
      expect(await row(winter).getByRole('cell').innerText()).toBe('9');

      const plot = chart.getByRole('slider');
      await plot.focus();
      await page.keyboard.press('Home');
      for (const [time, viewers] of [
        [summer, 3],
        [winter, 9],
      ] as const) {
        const shown = await pointTo(page, plot, time);
        expect(shown).toBe(`${time}: Viewers ${viewers}`);
        expect(await chart.locator('.legend-time').innerText()).toBe(time);
      }

      const labels = await timeLabels(page, plot);
      const texts = labels.map(({ text }) => text);
      expect(texts).toEqual(expect.arrayContaining([summer, winter]));
      expect(texts).not.toContain('02:30');
      const over = labels.filter(({ left }, index) => left < (labels[index - 1]?.right ?? 0));
      expect(over).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 120_000);

  it('are those of a stream whose key is as long in a request as it can be', async () => {
    expect(longKey).toHaveLength(100);
    const answer = await waitFor(async () => {
      const read = await range(longKey, Date.now() - 5 * minuteMs, Date.now() + minuteMs);
      return read.series['viewers']?.includes(1) === true ? read : undefined;
    });
    expect(answer.series['cdnBytes']).toContain(1);
  });

  it('are those of two thousand live streams, whatever the series', async () => {
    const streams = Array.from({ length: 2_000 }, (_, index) => `many-${index}`);
    const qualities = Array.from({ length: 8 }, (_, index) => `viewers_by_quality.q${index}`);
    const folder = join(graphite.whisper, 'viblast', 'streams');
    const of = (metric: string): string => `${join(folder, arena, ...metric.split('.'))}.wsp`;
    for (const stream of streams) {
      portal.catalog.put({ key: stream });
      // So that what the writer waits for is settled.
      await setImmediate();
      for (const group of ['bytes', 'viewers_by_quality']) {
        mkdirSync(join(folder, stream, group), { recursive: true });
      }
      const copy = (metric: string, from: string): void =>
        linkSync(of(from), `${join(folder, stream, ...metric.split('.'))}.wsp`);
      for (const metric of ['viewers', ...qualities]) copy(metric, 'viewers');
      for (const metric of ['bytes.cdn', 'bytes.p2p']) copy(metric, 'bytes.cdn');
    }
    const timeS = Math.floor(Date.now() / minuteMs) * 60 - 60;
    const [host = '', port = ''] = graphite.plaintext.split(':');
    const told = [
      ...Array.from({ length: partialPartitions }, (_, one) => closedMetric('viblast', one)),
      'viblast.total.viewers',
      `${base(arena)}.viewers`,
    ];
    await writeToCarbon(
      { host, port: Number(port) },
      told.map((metric) => ({ metric, value: 1, timeS })),
    );
    const page = await waitFor(async () => {
      // A machine that does much else may take longer than the portal waits for Graphite.
      const url = '/api/v1/now?sort=viewers&limit=500';
      const answer = await portal.app.inject({ url, headers: bearer });
      if (answer.statusCode === 502) return undefined;
      const read = answer.json<{ count: number; streams: { viewers: number | null }[] }>();
      return read.streams[499]?.viewers === 1 ? read : undefined;
    });
    expect(page.count).toBe(2_000 + keys.length);
  }, 300_000);
});

/** When clocks in Europe were set back last, so long ago that Graphite has no minutes of it. */
function lastClocksBack(): number {
  const year = new Date(startedAtMs).getUTCFullYear();
  const [back = 0] = [year, year - 1]
    .map((one) => {
      const lastOfOctober = new Date(Date.UTC(one, 9, 31, 1));
      return lastOfOctober.getTime() - lastOfOctober.getUTCDay() * dayMs;
    })
    .filter((timeMs) => timeMs < startedAtMs - 31 * dayMs);
  return back;
}

/** Goes on by the arrow key until the chart is at a time; what it says there. */
async function pointTo(page: Page, plot: Locator, time: string): Promise<string> {
  for (;;) {
    const shown = (await plot.getAttribute('aria-valuetext')) ?? '';
    if (shown.startsWith(time)) return shown;
    const at = await plot.getAttribute('aria-valuenow');
    await page.keyboard.press('ArrowRight');
    await waitFor(async () =>
      (await plot.getAttribute('aria-valuenow')) === at ? undefined : true,
    );
  }
}

interface Label {
  readonly text: string;
  /** Of its chart's picture, in pixels. */
  readonly left: number;
  readonly right: number;
}

/** What a chart writes below itself, which is in a picture: read while that is drawn anew. */
async function timeLabels(page: Page, plot: Locator): Promise<readonly Label[]> {
  await plot.locator('canvas').evaluate((canvas: { drawn?: Label[] }) => (canvas.drawn = []));
  await page.evaluate(`
    const fillText = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
      const half = this.measureText(text).width / 2;
      this.canvas.drawn?.push({ text, left: x - half, right: x + half });
      fillText.call(this, text, x, y);
    };
  `);
  await page.setViewportSize({ width: 1_270, height: 900 });
  return waitFor(async () => {
    const drawn = await plot
      .locator('canvas')
      .evaluate((canvas: { drawn?: readonly Label[] }) => canvas.drawn ?? []);
    const times = drawn.filter(({ text }) => text.includes(':'));
    return times.length > 0 ? times : undefined;
  });
}
