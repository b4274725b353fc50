import type { Browser, BrowserContext, Request } from 'playwright-core';
import { launchChromium } from '../../browser/index.js';

/** A page of the portal, and what is there once it shows what it is for. */
export interface PageLoad {
  readonly path: string;
  /** Selector of what is looked for. */
  readonly shown: string;
  /** Selector of what comes last; what the page asks for has been answered then. */
  readonly complete: string;
}

/** What a load took, in milliseconds. */
export interface LoadTimes {
  /** From the navigation's start to the end of the frame that has what is looked for. */
  readonly paintedMs: number;
  /** The API's answers with metrics, from the request to their last byte. */
  readonly answers: readonly { readonly path: string; readonly ms: number }[];
}

/** Loads pages one after the other, each in a browser that has kept nothing but the session. */
export async function loadPages(
  url: string,
  token: string,
  pages: readonly PageLoad[],
): Promise<LoadTimes[]> {
  const browser = await launchChromium();
  try {
    const times: LoadTimes[] = [];
    for (const page of pages) times.push(await load(browser, url, token, page));
    return times;
  } finally {
    await browser.close();
  }
}

async function load(
  browser: Browser,
  url: string,
  token: string,
  { path, shown, complete }: PageLoad,
): Promise<LoadTimes> {
  const context = await browser.newContext();
  try {
    const signedIn = await context.request.post(`${url}/api/v1/session`, { data: { token } });
    if (!signedIn.ok()) throw new Error(`signing in: status ${signedIn.status()}`);
    const answered = metricsAnswered(context);
    const page = await context.newPage();
    await page.addInitScript({ content: paintedScript(shown) });
    await page.goto(url + path, { waitUntil: 'commit' });
    const paintedMs = await page.evaluate<number>('globalThis.painted');
    await page.locator(complete).first().waitFor();
    const answers = answered.map((request) => ({
      path: request.url().slice(url.length),
      ms: request.timing().responseEnd,
    }));
    return { paintedMs, answers };
  } finally {
    await context.close();
  }
}

function metricsAnswered(context: BrowserContext): readonly Request[] {
  const answered: Request[] = [];
  context.on('requestfinished', (request) => {
    if (request.url().includes('/metrics?')) answered.push(request);
  });
  return answered;
}

function paintedScript(selector: string): string {
  return `
    globalThis.painted = new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (document.querySelector(${JSON.stringify(selector)}) === null) return;
        observer.disconnect();
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now());
          port2.postMessage(0);
        });
      });
      observer.observe(document, { childList: true, subtree: true });
    });
  `;
}
