import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface Opened {
  readonly page: Page;
  /** What the console, the policy of contents and scripts complained of. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

export interface PortalAddress {
  readonly url: string;
  readonly token: string;
}

/** A window of its own, signed in by link unless `isSignedOut`. */
export async function openPortal(
  browser: Browser,
  portal: PortalAddress,
  path: string,
  options: BrowserContextOptions & { readonly isSignedOut?: boolean } = {},
): Promise<Opened> {
  const { isSignedOut = false, ...contextOptions } = options;
  const context = await browser.newContext({
    viewport: { width: 1_280, height: 900 },
    ...contextOptions,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(portal.url + path + (isSignedOut ? '' : `#token=${portal.token}`));
  return { page, complaints, close: () => context.close() };
}

export interface CreatedStream {
  readonly key: string;
  readonly title?: string;
  readonly tokenKeys?: readonly object[];
  readonly options?: object;
}

/** Asks the API as a program does. */
export function askApi(
  portal: PortalAddress,
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${portal.url}/api/v1${path}`, {
    method,
    headers: {
      ...headers,
      // A connection of the test before may be closed just as it is used again.
      connection: 'close',
      authorization: `Bearer ${portal.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

export async function createStream(portal: PortalAddress, stream: CreatedStream): Promise<void> {
  const response = await askApi(portal, 'POST', '/streams', stream);
  if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/**
 * What axe-core finds wrong with a page as it is, a line each; by rules with these tags, or all.
 */
export async function accessibilityFaults(page: Page, tags?: readonly string[]): Promise<string[]> {
  await page.evaluate(axe);
  const options = {
    resultTypes: ['violations'],
    ...(tags === undefined ? {} : { runOnly: { type: 'tag', values: tags } }),
  };
  const result = await page.evaluate<{ readonly violations: readonly Violation[] }>(
    `axe.run(document, ${JSON.stringify(options)})`,
  );
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}: ${failureSummary}`),
  );
}
