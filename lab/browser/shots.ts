import type { Page } from 'playwright-core';
import { shownStream } from './shown-streams.js';

/** A picture: of which page, how wide, in which colours, and what has to be there first. */
export interface Shot {
  readonly name: string;
  /** `RANGE` in it stands for the span in which there were viewers. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  /** True: without a session. */
  readonly isSignedOut?: boolean;
  /** Before the page is opened. */
  readonly before?: (page: Page) => Promise<unknown>;
  /** Resolves when what is to be seen is there. */
  readonly ready: (page: Page) => Promise<unknown>;
}

const wide = { width: 1_280, height: 900, theme: 'light' } as const;
const tall = { ...wide, height: 1_080 } as const;
/** Of pages on which little stands. */
const low = { ...wide, height: 520 } as const;
const narrow = { width: 360, height: 780, theme: 'light' } as const;
const stream = `/streams/${shownStream}`;

const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole('heading', { level: 1, name }).waitFor();
const figures = (page: Page) => page.locator('.chart canvas').nth(3).waitFor();
const rows = (page: Page) => page.locator('.list tbody tr').first().waitFor();
const settings = (page: Page) => page.getByLabel('Title', { exact: true }).waitFor();
const sides = (page: Page) =>
  page.getByRole('region', { name: 'Side by side', exact: true }).waitFor();

/** Answers that never come, or an error in their place. */
const held = (page: Page) => page.route('**/api/v1/**/metrics?*', () => undefined);
const noGraphite = (page: Page) =>
  page.route('**/api/v1/**/metrics?*', (route) =>
    route.fulfill({
      status: 502,
      contentType: 'application/problem+json',
      body: JSON.stringify({ code: 'graphite_unavailable', message: 'Graphite does not answer' }),
    }),
  );

const asViewer = (page: Page) =>
  page.route('**/api/v1/session', (route) =>
    route.request().method() === 'GET'
      ? route.fulfill({ json: { name: 'user:ben', role: 'viewer', groups: null, untilMs: null } })
      : route.continue(),
  );

/** What can be taken of any portal without disturbing it. */
export const shots: readonly Shot[] = [
  { ...low, name: 'sign-in', path: '/', isSignedOut: true, ready: heading('Viblast portal') },
  { ...wide, height: 720, name: 'streams', path: '/', ready: rows },
  { ...wide, height: 720, name: 'streams-dark', path: '/', theme: 'dark', ready: rows },
  { ...narrow, name: 'streams-narrow', path: '/', ready: rows },
  { ...wide, height: 640, name: 'streams-none-found', path: '/?search=nothing', ready: noneFound },
  { ...tall, name: 'stream', path: `${stream}?RANGE`, ready: figures },
  { ...tall, name: 'stream-dark', path: `${stream}?RANGE`, theme: 'dark', ready: figures },
  { ...narrow, name: 'stream-narrow', path: `${stream}?RANGE`, ready: figures },
  { ...wide, height: 800, name: 'stream-lower', path: `${stream}?RANGE`, ready: lower },
  { ...wide, name: 'stream-loading', path: stream, before: held, ready: skeleton },
  { ...low, name: 'stream-graphite-away', path: stream, before: noGraphite, ready: graphiteAway },
  { ...wide, name: 'stream-offline', path: `${stream}?RANGE`, ready: offline },
  { ...tall, name: 'settings', path: `${stream}/settings`, ready: settings },
  { ...narrow, name: 'settings-narrow', path: `${stream}/settings`, ready: settings },
  { ...low, name: 'new-stream', path: '/new', ready: heading('New stream') },
  { ...low, name: 'history', path: `${stream}/history`, ready: history },
  { ...wide, name: 'changes', path: '/history', ready: history },
  { ...narrow, name: 'changes-narrow', path: '/history', theme: 'dark', ready: history },
  {
    ...tall,
    name: 'compare',
    path: `/compare?left=${shownStream}&right=studio-2&RANGE`,
    ready: sides,
  },
  { ...wide, name: 'system', path: '/system', ready: partitions },
  { ...wide, name: 'system-dark', path: '/system', theme: 'dark', ready: partitions },
  { ...wide, name: 'users', path: '/users', ready: heading('Users') },
  { ...narrow, name: 'users-narrow', path: '/users', theme: 'dark', ready: heading('Users') },
  { ...wide, name: 'tokens', path: '/tokens', ready: heading('API tokens') },
  { ...wide, name: 'import', path: '/import', ready: dryRun },
  { ...low, name: 'refused', path: '/users', before: asViewer, ready: refused },
];

/** What is taken while the stack's rollups are stopped. */
export const stoppedShots: readonly Shot[] = [
  { ...wide, name: 'stream-stale', path: `${stream}?range=15m`, ready: stale },
  { ...wide, name: 'streams-stale', path: '/', ready: stale },
];

function noneFound(page: Page): Promise<unknown> {
  return page.getByText('No stream is like that').waitFor();
}

function skeleton(page: Page): Promise<unknown> {
  return page.locator('.skeleton').first().waitFor();
}

function graphiteAway(page: Page): Promise<unknown> {
  return page.getByText('Graphite does not answer').first().waitFor();
}

async function offline(page: Page): Promise<unknown> {
  await figures(page);
  await page.context().setOffline(true);
  return page.getByText('No network').waitFor();
}

async function lower(page: Page): Promise<unknown> {
  await figures(page);
  return page.getByRole('heading', { name: 'Browser and quality' }).scrollIntoViewIfNeeded();
}

function history(page: Page): Promise<unknown> {
  return page.locator('.history li').first().waitFor();
}

function partitions(page: Page): Promise<unknown> {
  return page.locator('.partitions li').first().waitFor();
}

/** Of a file with a new stream, a changed one and a wrong one; nothing is written. */
async function dryRun(page: Page): Promise<unknown> {
  const streams = [
    { key: 'stadium-3', title: 'Stadium, gate 3' },
    { key: shownStream, title: 'Arena, all stages' },
    { key: 'hall 2', title: 'Small hall' },
  ];
  await page.getByLabel('File').setInputFiles({
    name: 'streams.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify({ version: 1, streams }, null, 1)),
  });
  return page.getByText('Nothing is changed yet').waitFor();
}

function refused(page: Page): Promise<unknown> {
  return page.getByText('This page is for admins').waitFor();
}

function stale(page: Page): Promise<unknown> {
  return page
    .getByText(/^No minute since/)
    .first()
    .waitFor();
}
