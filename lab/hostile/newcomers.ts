import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { sessionIdOf } from '../../schemas/index.js';
import type { Place } from './place.js';
import { RawViewer } from './raw-viewer.js';
import { Tally } from './tally.js';

const comeEveryMs = 1_000;
const address = '127.0.0.1';

/**
 * Ordinary viewers who come one after the other, and go when they are in. Resolves with how long
 * each waited for its welcome; null: it got none.
 */
export async function letNewcomersIn(
  { ws }: Place,
  streams: readonly string[],
  isOver: () => boolean,
  signal: AbortSignal,
): Promise<readonly (number | null)[]> {
  const welcomesMs: (number | null)[] = [];
  while (!isOver()) {
    const stream = streams[welcomesMs.length % streams.length] ?? '';
    welcomesMs.push(await welcomeMs(ws, stream));
    await wait(comeEveryMs, undefined, { signal });
  }
  return welcomesMs;
}

async function welcomeMs(url: string, stream: string): Promise<number | null> {
  const startedAtMs = performance.now();
  const viewer = await RawViewer.open({ url, localAddress: address }, new Tally());
  const welcome = await viewer?.join(stream, sessionIdOf(randomBytes(16)));
  viewer?.end();
  return welcome === undefined ? null : performance.now() - startedAtMs;
}
