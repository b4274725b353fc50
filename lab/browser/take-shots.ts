import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Shot } from './shots.js';

/** What a picture in the repository may have. */
const bytesMax = 150_000;
const waitMsMax = 60_000;

export interface ShotsPlace {
  readonly browser: Browser;
  readonly portal: { readonly url: string; readonly token: string };
  readonly folder: string;
  /** When viewers came, Unix ms. */
  readonly fromMs: number;
  readonly say: (line: string) => void;
}

/** Takes each picture in a window of its own. True: all are small enough to be kept. */
export async function takeShots(place: ShotsPlace, shots: readonly Shot[]): Promise<boolean> {
  mkdirSync(place.folder, { recursive: true });
  let areSmall = true;
  for (const shot of shots) {
    const path = await take(place, shot);
    const { size } = statSync(path);
    place.say(`${path}: ${Math.round(size / 1_000)} kB`);
    if (size > bytesMax) areSmall = false;
  }
  return areSmall;
}

async function take({ browser, portal, folder, fromMs }: ShotsPlace, shot: Shot): Promise<string> {
  const { name, path, width, height, theme, isSignedOut = false, before, ready } = shot;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(waitMsMax);
  try {
    await before?.(page);
    const fragment = isSignedOut ? '' : `#token=${encodeURIComponent(portal.token)}`;
    const range = `from=${fromMs}&until=${Date.now()}`;
    await page.goto(portal.url + path.replace('RANGE', range) + fragment);
    await ready(page);
    // What is asked for beside has come too, or is held back for the picture.
    await page.evaluate('document.fonts.ready');
    await page.waitForTimeout(settleMs);
    const file = join(folder, `${name}.png`);
    await page.screenshot({ path: file });
    return file;
  } finally {
    await context.close();
  }
}

const settleMs = 700;
