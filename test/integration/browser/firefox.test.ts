import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Firefox } from '../../../lab/browser/index.js';
import { createStream } from '../testing/portal-browser.js';
import { waitFor } from '../testing/portal-support.js';
import { sharedStack } from '../testing/stack.js';

const { portal } = sharedStack();
const key = `firefox-${process.pid}`;

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

  it('signs in by link, draws the charts, and says in which zone times are', async () => {
    await firefox.open(`${portal.url}/streams/${key}?range=15m#token=${portal.token}`);
    await shown('Firefox test');
    await shown('Europe/Berlin (UTC+0');
    await waitFor(async () =>
      (await firefox.evaluate("document.querySelectorAll('.chart canvas').length > 3")) === true
        ? true
        : undefined,
    );
  }, 120_000);

  it('goes on asking for minutes as they come', async () => {
    const asked =
      "performance.getEntriesByType('resource').filter(({name}) => name.includes('/metrics?')).length";
    const before = Number(await firefox.evaluate(asked));
    await waitFor(async () =>
      Number(await firefox.evaluate(asked)) > before + 1 ? true : undefined,
    );
  }, 120_000);

  it('tells apart the hour that comes twice', async () => {
    const from = Date.UTC(2025, 9, 26, 0, 30);
    const until = Date.UTC(2025, 9, 26, 1, 45);
    await firefox.open(`${portal.url}/streams/${key}?from=${from}&until=${until}`);
    await shown('Oct 26, 02:30 UTC+02:00 – Oct 26, 02:45 UTC+01:00');
    const isTitled = "document.title.includes('Firefox test')";
    await waitFor(async () => ((await firefox.evaluate(isTitled)) === true ? true : undefined));
  }, 120_000);
});
