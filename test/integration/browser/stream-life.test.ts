import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../lab/browser/index.js';
import { compiledTree } from '../../../lab/stack/index.js';
import { viewersProcess, type ViewersProcess } from '../../../lab/viewers/index.js';
import { TestViewer, until } from '../../../tracker/testing/test-viewer.js';
import { accessibilityFaults, askApi, openPortal } from '../testing/portal-browser.js';
import { sharedStack } from '../testing/stack.js';
import { within } from '../testing/within.js';

const { portal, haproxy, trackers } = sharedStack();
const key = `life-${process.pid}`;
const viewersCount = 20;
const folder = mkdtempSync(join(tmpdir(), 'viblast-life-'));
let browser: Browser;
let viewers: ViewersProcess | undefined;

beforeAll(async () => {
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  viewers?.kill();
  await viewers?.exited;
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

const title = (page: Page) => page.getByLabel('Title', { exact: true });
const tab = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Pages of this stream' }).getByRole('link', { name });
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();

describe('the life of a stream in the portal', () => {
  it('refuses a reserved name with a reason, then creates the stream', async () => {
    const { page, close } = await openPortal(browser, portal, '/');
    await page.getByRole('link', { name: 'New stream' }).click();
    await page.getByLabel('Key').fill('*');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('alert').filter({ hasText: 'letters, digits' }).waitFor();
    await page.getByLabel('Key').fill(key);
    await page.getByLabel('Title').fill('Aréna "1" <b>');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'Aréna "1" <b>' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/streams/${key}/settings`);
    const created = await askApi(portal, 'GET', `/streams/${key}`);
    // The snippet's viewers are counted without a word.
    expect(await created.json()).toMatchObject({ countPlainSockets: true });
    await close();
  }, 90_000);

  it('shows its viewers within two minutes', async () => {
    viewers = viewersProcess({
      ws: haproxy.ws,
      viewers: viewersCount,
      streams: [{ key, renditions: [] }],
      seed: 14,
      ledgerFile: join(folder, 'viewers.jsonl'),
      distFolder: compiledTree(),
      announceIntervalSeconds: 1,
      sessionSeconds: 600,
    });
    const { page, complaints, close } = await openPortal(browser, portal, `/streams/${key}`);
    const strip = page.getByRole('region', { name: 'In this range' });
    await strip
      .locator('.kpi', { hasText: 'Viewers now' })
      .locator('.kpi-value')
      .filter({ hasText: /^20$/ })
      .waitFor({ timeout: 120_000 });
    await page.getByRole('heading', { name: 'Browsers' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  }, 180_000);

  it('changes a policy that trackers obey within two seconds', async () => {
    const tracker = trackers[0]?.ws ?? '';
    const viewer = await TestViewer.join(tracker, key);
    const { page, close } = await openPortal(browser, portal, `/streams/${key}/settings`);
    await page.getByLabel('Most peers of a viewer').fill('7');
    await save(page);
    await page.getByText('Saved.').waitFor();
    const savedAtMs = Date.now();
    await until(
      () => viewer.texts.some((text) => text.includes('"peersMax":7')),
      'the viewer is told of its policy',
    );
    expect(Date.now() - savedAtMs).toBeLessThan(within(2_000));
    viewer.end();
    await close();
  }, 90_000);

  it('shows two editors what each changed, and loses nothing of either', async () => {
    const { page, close } = await openPortal(browser, portal, `/streams/${key}/settings`);
    await title(page).fill('Mine');
    await page.getByLabel('Tags').fill('from-mine');
    const read = await askApi(portal, 'GET', `/streams/${key}`);
    const theirs = { title: 'Theirs', origins: ['https://theirs.example'] };
    const etag = read.headers.get('etag') ?? '';
    const changed = await askApi(portal, 'PATCH', `/streams/${key}`, theirs, { 'if-match': etag });
    expect(changed.status).toBe(200);
    await save(page);
    const conflict = page.getByRole('alert').filter({ hasText: 'changed this stream' });
    await conflict.getByText('Theirs', { exact: true }).waitFor();
    expect(await title(page).inputValue()).toBe('Mine');
    expect(await page.getByLabel('Pages that may join').inputValue()).toBe(
      'https://theirs.example',
    );
    await conflict.getByRole('button', { name: 'Take theirs' }).click();
    await save(page);
    await page.getByText('Saved.').waitFor();
    const now = (await (await askApi(portal, 'GET', `/streams/${key}`)).json()) as object;
    expect(now).toMatchObject({
      title: 'Theirs',
      origins: ['https://theirs.example'],
      options: { tags: ['from-mine'] },
    });
    await close();
  }, 90_000);

  it('asks before another page, the link or the way back, takes what was not saved', async () => {
    const { page, close } = await openPortal(browser, portal, `/streams/${key}/settings`);
    const asked: string[] = [];
    let stays = true;
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void (stays ? dialog.dismiss() : dialog.accept());
    });
    await tab(page, 'History').click();
    await tab(page, 'Settings').click();
    await title(page).fill('Not saved yet');
    await tab(page, 'History').click();
    await page.evaluate('history.back()');
    await until(() => asked.length === 2, 'both ways ask');
    await page.waitForURL(`**/streams/${key}/settings`);
    expect(await title(page).inputValue()).toBe('Not saved yet');
    stays = false;
    await tab(page, 'History').click();
    await page.waitForURL(`**/streams/${key}/history`);
    await tab(page, 'Settings').click();
    await title(page).waitFor();
    expect(await title(page).inputValue()).not.toBe('Not saved yet');
    expect(asked).toEqual(['confirm', 'confirm', 'confirm']);
    await close();
  }, 90_000);

  it('shows a new secret once', async () => {
    const { page, close } = await openPortal(browser, portal, `/streams/${key}/settings`);
    await page.getByLabel('Name of a new key (kid)').fill('spring');
    await page.getByRole('button', { name: 'Add key' }).click();
    const secret = await page.locator('.secret').innerText();
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    await page.reload();
    await page.getByLabel('Remove key spring').waitFor();
    expect(await page.content()).not.toContain(secret);
    await close();
  }, 90_000);

  it('removes the last key once its name was typed, and says to whom that opens the stream', async () => {
    const { page, close } = await openPortal(browser, portal, `/streams/${key}/settings`);
    await page.getByLabel('Remove key spring').click();
    await page.getByText('the stream is open to everybody').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Type spring to confirm').fill('spring');
    await page.getByRole('button', { name: 'Remove key', exact: true }).click();
    await page.getByText('None: viewers need no token.').waitFor();
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('keys-title');
    await close();
  }, 90_000);

  it('archives it once its key was typed, and restores it', async () => {
    const { page, close } = await openPortal(browser, portal, `/streams/${key}/settings`);
    const archive = page.getByRole('button', { name: 'Archive', exact: true });
    await archive.waitFor();
    expect(await archive.isDisabled()).toBe(true);
    await page.getByLabel(`Type ${key} to confirm`).fill(key);
    await archive.click();
    await page.getByRole('button', { name: 'Restore' }).click();
    await archive.waitFor();
    const tabs = page.getByRole('navigation', { name: 'Pages of this stream' });
    await tabs.getByRole('link', { name: 'History' }).click();
    await page.getByText('isArchived').first().waitFor();
    await close();
  }, 90_000);
});
