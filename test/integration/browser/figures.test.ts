import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../lab/browser/index.js';
import { compiledTree } from '../../../lab/stack/index.js';
import { viewersProcess, type ViewersProcess } from '../../../lab/viewers/index.js';
import { createStream, openPortal } from '../testing/portal-browser.js';
import { waitFor } from '../testing/portal-support.js';
import { sharedStack, sharedTimes } from '../testing/stack.js';

const { portal, haproxy, graphite } = sharedStack();
const { intervalMs, lateMs, graceMs } = sharedTimes;
const key = `figures-${process.pid}`;
const minutes = 8;
const folder = mkdtempSync(join(tmpdir(), 'viblast-figures-'));
let browser: Browser;
let viewers: ViewersProcess;
let fromMs: number;

beforeAll(async () => {
  await createStream(portal, { key, title: 'Figures test' });
  browser = await launchChromium();
  viewers = viewersProcess({
    ws: haproxy.ws,
    viewers: 12,
    streams: [{ key, renditions: [] }],
    seed: 7,
    ledgerFile: join(folder, 'viewers.jsonl'),
    distFolder: compiledTree(),
    announceIntervalSeconds: 1,
    sessionSeconds: 600,
  });
  await waitFor(() => Promise.resolve(viewers.status()?.connected === 12 ? true : undefined));
  fromMs = Math.ceil(Date.now() / intervalMs) * intervalMs;
  const finalAtMs = fromMs + minutes * intervalMs + lateMs + graceMs;
  // What the span has is final then: neither page nor Graphite will change it.
  await new Promise((resolve) => setTimeout(resolve, finalAtMs - Date.now()));
}, 180_000);

afterAll(async () => {
  viewers.kill();
  await viewers.exited;
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

const spanQuery = (): string => `from=${fromMs}&until=${fromMs + minutes * intervalMs}`;

/** What Graphite itself answers, by time. */
async function fromGraphite(metric: string): Promise<Map<number, number>> {
  const untilMs = fromMs + minutes * intervalMs;
  const query = new URLSearchParams({
    target: `viblast.streams.${key}.${metric}`,
    from: String(fromMs / 1_000 - 1),
    until: String(untilMs / 1_000),
    format: 'json',
  });
  const response = await fetch(`${graphite.render}/render?${query.toString()}`);
  const series = (await response.json()) as { datapoints: [number | null, number][] }[];
  const points = (series[0]?.datapoints ?? []).filter(
    (point): point is [number, number] => point[0] !== null && point[1] * 1_000 < untilMs,
  );
  return new Map(points.map(([value, time]) => [time * 1_000, value]));
}

/** The lines of a CSV, each by its columns' names. */
function lines(csv: string): Record<string, string>[] {
  const [head = '', ...rest] = csv.trimEnd().split('\r\n');
  const names = head.split(',');
  return rest.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  });
}

async function saved(page: Page, click: () => Promise<void>): Promise<Record<string, string>[]> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  const path = join(folder, `${Date.now()}.csv`);
  await download.saveAs(path);
  return lines(readFileSync(path, 'utf8'));
}

describe("a stream's figures in the portal", () => {
  it('are the same in chart, table, CSV, and in Graphite itself', async () => {
    const { page, complaints, close } = await openPortal(
      browser,
      portal,
      `/streams/${key}?${spanQuery()}`,
    );
    const chart = page.locator('figure', { hasText: 'sessions that reported in the minute' });
    await chart.locator('canvas').waitFor();
    const graphiteViewers = await waitFor(async () => {
      const points = await fromGraphite('viewers');
      return points.size === minutes ? points : undefined;
    });
    const ofChart = await saved(page, () => chart.getByRole('button', { name: /CSV/ }).click());
    const ofAll = await saved(page, () => page.getByRole('link', { name: /as CSV/ }).click());
    const expected = [...graphiteViewers].map(([time, value]) => [String(time), String(value)]);
    expect(ofChart.map((line) => [line['time_ms'], line['Viewers']])).toEqual(expected);
    expect(ofAll.map((line) => [line['time_ms'], line['viewers']])).toEqual(expected);
    const cdn = await fromGraphite('bytes.cdn');
    expect(ofAll.map((line) => Number(line['cdn_bytes']))).toEqual([...cdn.values()]);
    await chart.locator('summary').click();
    const cells = await chart.locator('tbody td').allInnerTexts();
    expect(cells.toReversed()).toEqual([...graphiteViewers.values()].map(String));
    expect(complaints).toEqual([]);
    await close();
  }, 120_000);

  it('zoom by dragging, all charts at once, and the back button undoes it', async () => {
    const { page, close } = await openPortal(browser, portal, `/streams/${key}?${spanQuery()}`);
    const plot = page.locator('.chart .u-over').first();
    await plot.waitFor();
    const box = await plot.boundingBox();
    if (box === null) throw new Error('the chart is not to be seen');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.3, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, y, { steps: 5 });
    await page.mouse.up();
    await page.waitForFunction(`!location.search.includes('from=${fromMs}&')`);
    const zoomed = new URL(page.url()).searchParams;
    expect(Number(zoomed.get('from'))).toBeGreaterThan(fromMs);
    expect(Number(zoomed.get('until'))).toBeLessThan(fromMs + minutes * intervalMs);
    await page.goBack();
    await page.waitForFunction(`location.search.includes('from=${fromMs}&')`);
    await close();
  }, 90_000);

  it('stay of the hour that comes twice where their range is shown as it was', async () => {
    const span = `from=${Date.UTC(2026, 9, 25, 1, 10)}&until=${Date.UTC(2026, 9, 25, 1, 50)}`;
    const path = `/streams/${key}?${span}`;
    const options = { timezoneId: 'Europe/Berlin' };
    const { page, close } = await openPortal(browser, portal, path, options);
    const form = page.locator('details.own-span');
    await form.locator('summary').click();
    const from = form.getByLabel('From: this hour comes twice');
    expect(await from.locator('option:checked').innerText()).toBe('02:10 UTC+01:00');
    await form.getByRole('button', { name: 'Show' }).click();
    await page.waitForFunction(`document.querySelector('details.own-span[open]') === null`);
    expect(new URL(page.url()).search).toBe(`?${span}`);
    await form.locator('summary').click();
    await from.selectOption('02:10 UTC+02:00');
    await form.getByRole('button', { name: 'Show' }).click();
    const earlier = span.replace(/^from=\d+/, `from=${Date.UTC(2026, 9, 25, 0, 10)}`);
    await page.waitForFunction(`location.search === '?${earlier}'`);
    await close();
  }, 60_000);

  it('are told once a step of theirs is known, and the page says so', async () => {
    const { page, close } = await openPortal(browser, portal, `/streams/${key}?range=7d`);
    await page.getByText('Nothing is known of this range yet').waitFor();
    await close();
  }, 60_000);

  it('are in UTC or in the browser’s zone, as the address says', async () => {
    const path = `/streams/${key}?${spanQuery()}`;
    const options = { timezoneId: 'Asia/Tokyo' };
    const { page, close } = await openPortal(browser, portal, path, options);
    await page.getByText('Asia/Tokyo (UTC+09:00)').waitFor();
    const shown = page.locator('.legend-time').first();
    const minute = new Date(fromMs + (minutes - 1) * intervalMs);
    const clock = (timeZone: string): string =>
      new Intl.DateTimeFormat('en', {
        timeZone,
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      }).format(minute);
    await shown.filter({ hasText: clock('Asia/Tokyo') }).waitFor();
    await page.getByRole('link', { name: 'UTC', exact: true }).click();
    await shown.filter({ hasText: clock('UTC') }).waitFor();
    await close();
  }, 90_000);
});
