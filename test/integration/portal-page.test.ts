import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './testing/chromium.js';
import { waitFor } from './testing/portal-support.js';
import { sharedStack, sharedTimes } from './testing/stack.js';

const { portal, graphite } = sharedStack();
const { intervalMs } = sharedTimes;
const key = `page-${process.pid}`;
const title = `Page test ${process.pid}`;
const viewers = 4_321;
let browser: Browser;

/** The stream has its viewers in each of the last minutes and goes on to have them. */
function writeViewers(): void {
  const [host = '', port = ''] = graphite.plaintext.split(':');
  const now = Math.floor(Date.now() / intervalMs) * intervalMs;
  const lines = [1, 2, 3].flatMap((minutes) => {
    const seconds = (now - minutes * intervalMs) / 1_000;
    const base = `viblast.streams.${key}`;
    return [
      `${base}.viewers ${viewers} ${seconds}\n`,
      `${base}.viewers_by_quality.720p ${viewers} ${seconds}\n`,
      `${base}.browsers.Firefox ${viewers} ${seconds}\n`,
      `${base}.bytes.cdn 25 ${seconds}\n`,
      `${base}.bytes.p2p 75 ${seconds}\n`,
    ];
  });
  const socket = connect(Number(port), host, () => socket.end(lines.join('')));
}

beforeAll(async () => {
  const response = await fetch(`${portal.url}/api/v1/streams`, {
    method: 'POST',
    headers: { authorization: `Bearer ${portal.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ key, title }),
  });
  expect(response.status).toBe(201);
  browser = await launchChromium();
}, 60_000);

afterAll(async () => browser.close());

async function open(address: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width: 380, height: 800 } });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  await page.goto(`${portal.url}${address}`);
  return { page, complaints };
}

describe("the portal's page", () => {
  it('asks for the token, and says when it is wrong', async () => {
    const { page } = await open('/');
    await page.getByLabel('Portal token').fill('not-the-token-at-all');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor();
    await page.close();
  }, 60_000);

  it('shows the figures of a stream to who comes with a link, and keeps the token to itself', async () => {
    const { page, complaints } = await open(`/?stream=${key}&range=15m#token=${portal.token}`);
    await page.getByRole('heading', { name: title }).waitFor();
    const latest = page.getByRole('region', { name: 'Latest minute' });
    await waitFor(async () => {
      writeViewers();
      const text = (await latest.count()) === 0 ? '' : await latest.innerText();
      return text.includes('4,321') && text.includes('75%') ? text : undefined;
    });
    await page.getByText('Firefox').waitFor();
    expect(page.url()).not.toContain(portal.token);
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
    expect(JSON.stringify(cookies)).not.toContain(portal.token);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(380);
    expect(complaints).toEqual([]);
    await page.close();
  }, 90_000);

  it('can be used by keyboard alone, with the figures as a table', async () => {
    const { page } = await open(`/?stream=${key}&range=1h#token=${portal.token}`);
    const range = page.getByRole('link', { name: '15 minutes' });
    await range.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/range=15m/);
    await waitFor(async () => {
      writeViewers();
      return (await page.locator('.data-table summary').count()) > 0 ? true : undefined;
    });
    await page.locator('.data-table summary').first().focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('region', { name: 'Viewers, figures' })
      .getByText('4,321')
      .first()
      .waitFor();
    await page.close();
  }, 90_000);
});
