import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../../lab/browser/index.js';
import { askApi, createStream, openPortal } from '../testing/portal-browser.js';
import { sharedStack } from '../testing/stack.js';

const { portal } = sharedStack();
const key = `session-${process.pid}`;
let browser: Browser;

beforeAll(async () => {
  await createStream(portal, { key, title: 'Session test' });
  browser = await launchChromium();
}, 60_000);

afterAll(async () => browser.close());

/** A token of an editor of its own, and how the page names who shows it. */
async function otherToken(
  purpose: string,
): Promise<{ readonly token: string; readonly actor: string }> {
  const name = `${purpose}-${process.pid}`;
  const made = await askApi(portal, 'POST', '/tokens', { name, role: 'editor', days: 1 });
  const { token } = (await made.json()) as { readonly token: string };
  return { token, actor: `token:${name}` };
}

describe('getting into the portal', () => {
  it('takes a token, says when it is wrong, and stays at the address', async () => {
    const { page, close } = await openPortal(browser, portal, '/system', { isSignedOut: true });
    await page.getByRole('button', { name: 'Sign in by token' }).click();
    await page.getByLabel('Token', { exact: true }).fill('not-the-token-at-all');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor();
    await page.getByLabel('Token', { exact: true }).fill(portal.token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'System' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/system');
    await close();
  }, 90_000);

  it('keeps the token of a link out of address, cookie and storage', async () => {
    const { page, complaints, close } = await openPortal(browser, portal, '/');
    await page.getByRole('heading', { level: 1, name: 'Streams' }).waitFor();
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
    const kept = await page.evaluate<string>('JSON.stringify([location.href, {...localStorage}])');
    expect(`${kept}${JSON.stringify(cookies)}`).not.toContain(portal.token);
    expect(complaints).toEqual([]);
    await close();
  }, 90_000);

  it('says that the token of a link is wrong, to who is signed in besides, too', async () => {
    const wrong = { ...portal, token: 'not-the-token-at-all' };
    const { page, close } = await openPortal(browser, wrong, '/system');
    await page.getByRole('alert').filter({ hasText: "The link's token is wrong" }).waitFor();
    expect(page.url()).toBe(`${portal.url}/system`);
    await page.getByRole('button', { name: 'Sign in by token' }).click();
    await page.getByLabel('Token', { exact: true }).fill(portal.token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'System' }).waitFor();
    expect(await page.getByText("The link's token").count()).toBe(0);
    await page.goto(`${portal.url}/#token=${wrong.token}`);
    await page.getByRole('alert').filter({ hasText: "The link's token is wrong" }).waitFor();
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
    expect(await page.getByText("The link's token").count()).toBe(0);
    await close();
  }, 90_000);

  it('goes on where one was, with what was typed, when a session has ended', async () => {
    const { page, close } = await openPortal(browser, portal, `/streams/${key}/settings`);
    await page.getByLabel('Title', { exact: true }).fill('Typed before the end');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Your session has ended').waitFor();
    await page.getByRole('button', { name: 'Sign in by token' }).click();
    await page.getByLabel('Token', { exact: true }).fill(portal.token);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Save' }).waitFor();
    expect(await page.getByLabel('Title', { exact: true }).inputValue()).toBe(
      'Typed before the end',
    );
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await close();
  }, 90_000);

  it('ends a session where one signs out', async () => {
    const { page, close } = await openPortal(browser, portal, '/');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Password').waitFor();
    await page.reload();
    await page.getByLabel('Password').waitFor();
    await close();
  }, 90_000);

  it('goes on, and says so, where the portal does not hear that one signs out', async () => {
    const { page, close } = await openPortal(browser, portal, '/');
    const signOut = page.getByRole('button', { name: 'Sign out' });
    await signOut.waitFor();
    await page.route('**/api/v1/session', (route) => route.abort());
    await signOut.click();
    await page.getByText('Not signed out: the portal does not answer').waitFor();
    await page.unroute('**/api/v1/session');
    await signOut.click();
    await page.getByLabel('Password').waitFor();
    await close();
  }, 90_000);

  it('ends the page of a user, and what they typed, where another tab signs in as another', async () => {
    const other = await otherToken('tab');
    const { page, close } = await openPortal(browser, portal, `/streams/${key}/settings`);
    const title = page.getByLabel('Title', { exact: true });
    await title.fill('Typed by the first');
    const tab = await page.context().newPage();
    await tab.goto(`${portal.url}/#token=${other.token}`);
    await tab.getByText(other.actor, { exact: true }).waitFor();
    await page.getByText(`Another tab signed in as ${other.actor}`).waitFor();
    await page.getByText(other.actor, { exact: true }).waitFor();
    expect(await title.inputValue()).not.toBe('Typed by the first');
    await tab.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Your session has ended').waitFor();
    await close();
  }, 90_000);

  it('asks who is signed in when the page is seen again', async () => {
    const other = await otherToken('seen');
    const theirs = await openPortal(browser, { ...portal, token: other.token }, '/');
    await theirs.page.getByText(other.actor, { exact: true }).waitFor();
    const cookies = await theirs.page.context().cookies();
    await theirs.close();
    const { page, close } = await openPortal(browser, portal, '/');
    await page.getByRole('heading', { level: 1, name: 'Streams' }).waitFor();
    await page.context().addCookies(cookies);
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.getByText(other.actor, { exact: true }).waitFor();
    await close();
  }, 90_000);
});
