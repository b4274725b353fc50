import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../lab/browser/index.js';
import {
  accessibilityFaults,
  askApi,
  createStream,
  openPortal,
} from '../testing/portal-browser.js';
import { waitFor } from '../testing/portal-support.js';
import { sharedStack } from '../testing/stack.js';

const { portal } = sharedStack();
const key = `looks-${process.pid}`.padEnd(100, 'x');
const group = `looks-${process.pid}`.padEnd(64, 'x');
const title = `Looks of a long name, ${'which is long, '.repeat(8)}${process.pid}`;
let browser: Browser;

beforeAll(async () => {
  await createStream(portal, { key, title, options: { tags: ['looks'], groups: [group] } });
  const token = { name: `looks-${process.pid}`, role: 'viewer', groups: [group], days: 1 };
  expect((await askApi(portal, 'POST', '/tokens', token)).status).toBe(201);
  browser = await launchChromium();
}, 60_000);

afterAll(async () => browser.close());

/** Every page, and what tells that it is there. */
const pages: readonly (readonly [path: string, ready: (page: Page) => Promise<unknown>])[] = [
  [`/?search=${key}`, (page) => page.locator('.list tbody tr').first().waitFor()],
  ['/?search=nothing-has-this-name', (page) => page.getByText('No stream is like that').waitFor()],
  [`/?group=${group}`, (page) => page.locator('.overview-foot a').waitFor()],
  [`/groups/${group}?range=15m`, charts],
  ['/new', (page) => page.getByLabel('Key').waitFor()],
  ['/total?range=15m', charts],
  [`/streams/${key}?range=15m`, charts],
  [`/streams/${key}/settings`, (page) => page.getByLabel('Title', { exact: true }).waitFor()],
  [`/streams/${key}/history`, (page) => page.locator('.history li').first().waitFor()],
  ['/history', (page) => page.locator('.history li').first().waitFor()],
  [`/history?group=${group}`, (page) => page.locator('.history li').first().waitFor()],
  ['/history?actor=nobody', (page) => page.getByText('No change is like that').waitFor()],
  [`/compare?left=${key}&right=${key}&earlier=1h&range=15m`, charts],
  ['/system', (page) => page.getByRole('heading', { name: /^Trackers/ }).waitFor()],
  ['/users', (page) => page.getByRole('heading', { name: 'Add a user' }).waitFor()],
  ['/tokens', (page) => page.getByLabel('Revoke looks').first().waitFor()],
  ['/import', (page) => page.getByLabel('File').waitFor()],
  [
    `/streams/${key}/nowhere`,
    (page) => page.getByRole('heading', { name: 'Nothing is here' }).waitFor(),
  ],
];

function charts(page: Page): Promise<unknown> {
  return page.locator('.chart canvas').first().waitFor();
}

/** Of colours (use of colour, contrast), which are all that differs in the dark. */
const colourRules = ['wcag141', 'wcag143'];

/** Resolves once the page's background is as dark or light as it is to be. */
function hasColours(page: Page, colorScheme: 'light' | 'dark'): Promise<unknown> {
  const red = 'Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])';
  // The page's own policy keeps Playwright from waiting within it.
  return waitFor(async () => {
    const isDark = await page.evaluate<boolean>(`${red} < 128`);
    return isDark === (colorScheme === 'dark') || undefined;
  });
}

describe('every page', () => {
  it.each(pages)(
    'needs no scrolling to the side at 360 px, and is free of faults that axe-core knows in light and dark colours: %s',
    async (path, ready) => {
      const viewport = { width: 360, height: 740 };
      const { page, complaints, close } = await openPortal(browser, portal, path, { viewport });
      await ready(page);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(360);
      await page.setViewportSize({ width: 1_280, height: 900 });
      await hasColours(page, 'light');
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      await hasColours(page, 'dark');
      expect(await accessibilityFaults(page, colourRules)).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
    90_000,
  );

  it('is dark from the start where the system is', async () => {
    const options = { colorScheme: 'dark' } as const;
    const path = `/streams/${key}?range=15m`;
    const { page, complaints, close } = await openPortal(browser, portal, path, options);
    await charts(page);
    await hasColours(page, 'dark');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);
});

describe('the filters of the list', () => {
  it('keep what is typed into two of them at once, and a space between two words', async () => {
    const { page, close } = await openPortal(browser, portal, '/');
    const search = page.getByLabel('Search');
    await search.fill('Looks');
    await page.getByLabel('Tag').fill('looks');
    await page.waitForURL(({ search: query }) => query === '?search=Looks&tag=looks');
    await search.press('End');
    await search.pressSequentially(' of ');
    await page.waitForURL(({ search: query }) => query === '?search=Looks+of&tag=looks');
    await search.pressSequentially('a');
    await page.waitForURL(({ search: query }) => query === '?search=Looks+of+a&tag=looks');
    expect(await search.inputValue()).toBe('Looks of a');
    await close();
  }, 90_000);
});

describe('the keyboard alone', () => {
  it('skips to the content, goes to a stream, and sees where it is', async () => {
    const { page, close } = await openPortal(browser, portal, `/?search=${key}`);
    await page.getByRole('link', { name: title.trim() }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('main');
    for (let steps = 0; steps < 30; steps += 1) {
      await page.keyboard.press('Tab');
      const text = await page.evaluate<string>('document.activeElement.textContent');
      if (text === title.trim()) break;
    }
    const outline = 'getComputedStyle(document.activeElement).outlineStyle';
    expect(await page.evaluate<string>(outline)).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: title.trim() }).waitFor();
    expect(await page.evaluate<string>('document.activeElement.tagName')).toBe('H1');
    await close();
  }, 90_000);

  it('reads a chart step by step', async () => {
    const { page, close } = await openPortal(browser, portal, '/total?range=15m');
    const plot = page.getByRole('slider', { name: 'Viewers, by time' });
    await plot.locator('canvas').waitFor();
    await plot.focus();
    await page.keyboard.press('Home');
    const first = await plot.getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      `document.activeElement.getAttribute('aria-valuetext') !== ${JSON.stringify(first)}`,
    );
    expect(await plot.getAttribute('aria-valuenow')).toBe('1');
    await close();
  }, 90_000);
});
