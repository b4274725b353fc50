import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { registerStreams } from '../../lab/stack/cluster.js';
import { instanceOf } from '../../tracker/neighbours/index.js';
import { newSession } from '../../tracker/testing/test-viewer.js';
import { launchChromium } from '../../lab/browser/index.js';
import { pageScript } from './testing/meeting-page.js';
import { sharedStack } from './testing/stack.js';

interface Met {
  readonly peer: string;
  readonly with: string;
  readonly heard: string;
}

const stream = `pages-${process.pid}`;
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
}, 60_000);

afterAll(() => browser.close());

it('two pages on two trackers open a data channel to each other', async () => {
  const { trackers, kafka, portal } = sharedStack();
  await registerStreams([stream], kafka.brokers, portal);
  const [one, other] = await Promise.all(
    trackers.slice(0, 2).map(async ({ ws }): Promise<Met> => {
      const page = await browser.newPage();
      return page.evaluate<Met>(pageScript(ws, stream, newSession()));
    }),
  );
  if (one === undefined || other === undefined) throw new Error('two trackers are needed');
  expect(instanceOf(one.peer)).not.toBe(instanceOf(other.peer));
  expect(one).toMatchObject({ with: other.peer, heard: `hello from ${other.peer}` });
  expect(other).toMatchObject({ with: one.peer, heard: `hello from ${one.peer}` });
}, 90_000);
