import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { packageRoot } from '../../../service/package-root.js';
import { OwnPortal } from '../testing/own-portal.js';
import { createStream, openPortal, type PortalAddress } from '../testing/portal-browser.js';

const key = `roles-${process.pid}`;
const group = `group-${process.pid}`;
const password = 'a long enough password';
const signedOut = { isSignedOut: true };
const own = new OwnPortal('roles');
let browser: Browser;
let portal: PortalAddress;

function addUser(name: string, ...options: readonly string[]): void {
  const program = join(packageRoot(), 'dist', 'admin', 'vba-admin.js');
  const args = ['user', 'add', name, ...options, '--portal-users-file', own.usersFile];
  execFileSync(process.execPath, [program, ...args], { input: `${password}\n` });
}

beforeAll(async () => {
  addUser('looker', '--role', 'viewer');
  addUser('editor', '--role', 'editor', '--group', group);
  ({ portal, browser } = await own.start());
  await createStream(portal, { key, title: 'Roles test', options: { groups: [group] } });
  await createStream(portal, { key: `${key}-other`, title: 'Of nobody' });
}, 180_000);

afterAll(() => own.close());

async function signIn(page: Page, user: string, word = password): Promise<void> {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password').fill(word);
  await page.keyboard.press('Enter');
}

describe('a user of the portal', () => {
  it('comes in by name and password, not by a wrong one', async () => {
    const { page, close } = await openPortal(browser, portal, '/', signedOut);
    await signIn(page, 'looker', 'a wrong password');
    await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor();
    await signIn(page, 'looker');
    await page.getByText('user:looker').waitFor();
    await close();
  }, 90_000);

  it('who may only look sees the settings, and nothing to change them by', async () => {
    const path = `/streams/${key}/settings`;
    const { page, close } = await openPortal(browser, portal, path, signedOut);
    await signIn(page, 'looker');
    await page.getByText('Most peers of a viewer').waitFor();
    await page.getByRole('heading', { name: 'Keys of join tokens' }).waitFor();
    for (const name of ['Save', 'Add key', 'Archive']) {
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
    }
    await page.getByRole('link', { name: 'Streams' }).click();
    await page.getByRole('link', { name: 'Roles test' }).waitFor();
    expect(await page.getByRole('link', { name: 'New stream' }).count()).toBe(0);
    await close();
  }, 90_000);

  it('of a group sees and changes its streams, and no others', async () => {
    const { page, close } = await openPortal(browser, portal, '/', signedOut);
    await signIn(page, 'editor');
    await page.getByRole('link', { name: 'Roles test' }).waitFor();
    expect(await page.getByRole('link', { name: 'Of nobody' }).count()).toBe(0);
    await page.goto(`${portal.url}/streams/${key}-other/settings`);
    await page.getByText('There is no such stream').waitFor();
    await page.goto(`${portal.url}/streams/${key}/settings`);
    await page.getByLabel('Tags').fill('of-the-group');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved.').waitFor();
    await close();
  }, 90_000);

  it('of a group reads who changed its streams, and of no others', async () => {
    const { page, close } = await openPortal(browser, portal, '/', signedOut);
    await signIn(page, 'editor');
    await page.getByRole('link', { name: 'Roles test' }).waitFor();
    await page.getByRole('link', { name: 'History' }).click();
    const changes = page.locator('.history li');
    await changes.first().waitFor();
    const [first = '', second = '', ...others] = await changes.allInnerTexts();
    expect(first).toMatch(new RegExp(`${key}\\s+user:editor[^]*of-the-group`));
    expect(second).toMatch(new RegExp(`${key}\\s+api-token[^]*Roles test`));
    expect(others).toEqual([]);

    await changes.last().getByRole('link', { name: 'api-token' }).click();
    await changes.first().getByText('Roles test').waitFor();
    expect(await changes.count()).toBe(1);
    expect(new URL(page.url()).search).toBe('?actor=api-token');
    await page.getByLabel('Changed by').fill('user:nobody');
    await page.getByText('No change is like that').waitFor();
    expect(new URL(page.url()).searchParams.get('actor')).toBe('user:nobody');
    await page.goBack();
    await changes.nth(1).waitFor();
    await changes.first().getByRole('link', { name: key }).click();
    await page.getByRole('navigation', { name: 'Pages of this stream' }).waitFor();
    await close();
  }, 90_000);
});
