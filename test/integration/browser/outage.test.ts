import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../../lab/browser/index.js';
import { compiledTree, startStack, type Stack } from '../../../lab/stack/index.js';
import { viewersProcess, type ViewersProcess } from '../../../lab/viewers/index.js';
import { openPortal, type PortalAddress } from '../testing/portal-browser.js';

const key = 'outage';
let browser: Browser;
let stack: Stack;
let portal: PortalAddress;
let viewers: ViewersProcess;

beforeAll(async () => {
  browser = await launchChromium();
  stack = await startStack({
    trackers: 1,
    rollups: 1,
    portal: true,
    streams: [key],
    intervalSeconds: 5,
    lateSeconds: 15,
    graceSeconds: 5,
    takeoverSeconds: 10,
  });
  if (stack.portal === undefined) throw new Error('the stack has no portal');
  portal = stack.portal;
  viewers = viewersProcess({
    ws: stack.haproxy.ws,
    viewers: 5,
    streams: [{ key, renditions: [] }],
    seed: 3,
    ledgerFile: join(stack.folder, 'logs', 'viewers.jsonl'),
    distFolder: compiledTree(),
    announceIntervalSeconds: 1,
    sessionSeconds: 900,
  });
}, 300_000);

afterAll(async () => {
  viewers.kill();
  await viewers.exited;
  await stack.stop();
  await browser.close();
}, 60_000);

const waitMs = { timeout: 120_000 };

describe('the page when something is away', () => {
  it('says that Graphite is, and goes on by itself when it is back', async () => {
    const { page, close } = await openPortal(browser, portal, `/streams/${key}?range=15m`);
    const now = page.locator('.kpi', { hasText: 'Viewers now' }).locator('.kpi-value');
    await now.filter({ hasText: /^5$/ }).waitFor(waitMs);
    await stack.graphite.web.stop();
    await page.getByText('Graphite does not answer').first().waitFor(waitMs);
    await page.getByText('What you see was read at').first().waitFor();
    expect(await page.locator('.chart canvas').count()).toBeGreaterThan(0);
    await stack.graphite.web.start();
    await page
      .getByText('Graphite does not answer')
      .first()
      .waitFor({ ...waitMs, state: 'hidden' });
    await now.filter({ hasText: /^5$/ }).waitFor(waitMs);
    await close();
  }, 300_000);

  it('says since when there is no minute while the rollups are stopped', async () => {
    const { page, close } = await openPortal(browser, portal, `/streams/${key}?range=15m`);
    const now = page.locator('.kpi', { hasText: 'Viewers now' });
    await now.locator('.kpi-value').filter({ hasText: /^5$/ }).waitFor(waitMs);
    const stoppedAtMs = Date.now();
    for (const rollup of stack.rollups) await rollup.stop();
    const notice = page.getByRole('status').filter({ hasText: 'No minute' });
    await notice.waitFor(waitMs);
    const [, hour, minute, second] = /(\d\d):(\d\d):(\d\d)/.exec(await notice.innerText()) ?? [];
    const day = new Date(stoppedAtMs);
    const sinceMs = day.setHours(Number(hour), Number(minute), Number(second), 0);
    expect(Math.abs(sinceMs - stoppedAtMs)).toBeLessThan(30_000);
    await now.getByText('not known since').waitFor();
    for (const rollup of stack.rollups) await rollup.start();
    await notice.waitFor({ ...waitMs, state: 'hidden' });
    await close();
  }, 300_000);

  it('keeps what it shows without a network, and goes on when that is back', async () => {
    const { page, close } = await openPortal(browser, portal, `/streams/${key}?range=15m`);
    await page.locator('.chart canvas').first().waitFor();
    await page.context().setOffline(true);
    await page.getByText('No network').waitFor();
    expect(await page.locator('.chart canvas').count()).toBeGreaterThan(0);
    await page.context().setOffline(false);
    await page.getByText('No network').waitFor({ state: 'hidden' });
    await page
      .getByText('The portal does not answer')
      .first()
      .waitFor({ ...waitMs, state: 'hidden' });
    await close();
  }, 300_000);
});
