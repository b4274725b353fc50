import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { sessionIdOf } from '../../schemas/index.js';
import type { Place } from './place.js';
import { RawViewer } from './raw-viewer.js';
import { countsText, Tally } from './tally.js';

const comeEveryMs = 1_000;
const address = '127.0.0.1';
/** Longer than any bound that a run holds: how long it took is told, not that it was too long. */
const patienceMs = 60_000;

/** How long somebody waited for the welcome; in words: what came instead. */
export type Welcomed = number | string;

/**
 * Ordinary viewers who come one after the other, and go when they are in. Resolves with how each
 * fared.
 */
export async function letNewcomersIn(
  { ws }: Place,
  streams: readonly string[],
  isOver: () => boolean,
  signal: AbortSignal,
): Promise<readonly Welcomed[]> {
  const welcomesMs: Welcomed[] = [];
  while (!isOver()) {
    const stream = streams[welcomesMs.length % streams.length] ?? '';
    welcomesMs.push(await welcomeMs(ws, stream));
    await wait(comeEveryMs, undefined, { signal });
  }
  return welcomesMs;
}

async function welcomeMs(url: string, stream: string): Promise<Welcomed> {
  const startedAtMs = performance.now();
  const tally = new Tally();
  const where = { url, localAddress: address, handshakeMsMax: patienceMs };
  const viewer = await RawViewer.open(where, tally);
  const welcome = await viewer?.join(stream, sessionIdOf(randomBytes(16)));
  viewer?.end();
  return welcome === undefined ? countsText(tally.counts()) : performance.now() - startedAtMs;
}
