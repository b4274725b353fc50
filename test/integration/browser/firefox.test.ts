import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Firefox } from '../../../lab/browser/index.js';
import { createStream } from '../testing/portal-browser.js';
import { waitFor } from '../testing/portal-support.js';
import { sharedStack } from '../testing/stack.js';

const { portal } = sharedStack();
const key = `firefox-${process.pid}`;

const areChartsShown = "document.querySelectorAll('.chart canvas').length > 3";
/** How many times figures have come. */
const answered = `performance.getEntriesByType('resource').filter(
  ({ name, responseStatus }) => name.includes('/metrics?') && responseStatus === 200,
).length`;

describe('the pages in Firefox', () => {
  let firefox: Firefox;

  beforeAll(async () => {
    await createStream(portal, { key, title: 'Firefox test' });
    firefox = await Firefox.start('Europe/Berlin');
  }, 120_000);

  afterAll(async () => firefox.close());

  const shown = (text: string): Promise<unknown> =>
    waitFor(async () => {
      const body = await firefox.evaluate('document.body.innerText');
      return String(body).includes(text) ? true : undefined;
    });

  const comesTrue = (expression: string): Promise<unknown> =>
    waitFor(async () => ((await firefox.evaluate(expression)) === true ? true : undefined));

  it('signs in by link, draws the charts, and says in which zone times are', async () => {
    await firefox.open(`${portal.url}/streams/${key}?range=15m#token=${portal.token}`);
    await shown('Firefox test');
    await shown('Europe/Berlin (UTC+0');
    await comesTrue(areChartsShown);
  }, 120_000);

  it('goes on asking for minutes as they come', async () => {
    const before = Number(await firefox.evaluate(answered));
    await comesTrue(`${answered} > ${before + 1}`);
  }, 120_000);

  it('keeps what it shows without a network, and goes on when that is back', async () => {
    await firefox.setOffline(true);
    await shown('No network');
    expect(await firefox.evaluate(areChartsShown)).toBe(true);
    const before = Number(await firefox.evaluate(answered));
    await firefox.setOffline(false);
    await comesTrue("!document.body.innerText.includes('No network')");
    await comesTrue(`${answered} > ${before + 1}`);
    await comesTrue("!document.body.innerText.includes('The portal does not answer')");
    expect(await firefox.evaluate(areChartsShown)).toBe(true);
  }, 120_000);

  it('tells apart the hour that comes twice', async () => {
    const from = Date.UTC(2025, 9, 26, 0, 30);
    const until = Date.UTC(2025, 9, 26, 1, 45);
    await firefox.open(`${portal.url}/streams/${key}?from=${from}&until=${until}`);
    await shown('Oct 26, 2025, 02:30 UTC+02:00 – Oct 26, 2025, 02:45 UTC+01:00');
    await comesTrue("document.title.startsWith('Firefox test')");
  }, 120_000);
});
