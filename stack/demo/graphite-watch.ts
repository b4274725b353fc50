import { setTimeout as wait } from 'node:timers/promises';
import { render, streamBase } from '../../bench/viewers/index.js';
import { AppError } from '../../service/errors.js';

export interface WatchOptions {
  readonly graphiteUrl: string;
  readonly prefix: string;
  readonly streams: readonly string[];
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

const pollMs = 100;
const answerMsMax = 10_000;

/**
 * Asks Graphite from the minute's end on until it has the minute's viewers of every stream, `waitMs` at
 * most. Resolves with the milliseconds after the minute's end, by stream; a stream that it never had
 * is left out.
 */
export async function watchMinute(
  options: WatchOptions,
  minute: number,
  waitMs: number,
): Promise<ReadonlyMap<string, number>> {
  const { graphiteUrl, prefix, intervalMs, signal } = options;
  const timeS = (minute * intervalMs) / 1_000;
  const endMs = (minute + 1) * intervalMs;
  const delaysMs = new Map<string, number>();
  const streamOf = new Map(
    options.streams.map((stream) => [`${streamBase(prefix, stream)}.viewers`, stream]),
  );
  await wait(Math.max(0, endMs - Date.now()), undefined, { signal });
  while (streamOf.size > 0 && Date.now() < endMs + waitMs) {
    try {
      const series = await render(
        graphiteUrl,
        [...streamOf.keys()],
        timeS - 1,
        timeS + intervalMs / 1_000,
        answerMsMax,
      );
      const delayMs = Date.now() - endMs;
      for (const { target, datapoints } of series) {
        const stream = streamOf.get(target);
        if (stream === undefined || !datapoints.some(([v, t]) => t === timeS && v !== null)) {
          continue;
        }
        delaysMs.set(stream, delayMs);
        streamOf.delete(target);
      }
    } catch (error) {
      if (!(error instanceof AppError && error.retryable)) throw error;
    }
    await wait(pollMs, undefined, { signal });
  }
  return delaysMs;
}
