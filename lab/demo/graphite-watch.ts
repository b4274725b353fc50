import { setTimeout as wait } from 'node:timers/promises';
import { bracedTargets, encodeNamePart, type Render } from '../../graphite/index.js';
import { AppError } from '../../service/errors.js';
import { isWhole, wholeMinuteMetrics } from './figures.js';

export interface WatchOptions {
  readonly render: Render;
  readonly prefix: string;
  readonly streams: readonly string[];
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

const pollMs = 100;

const metricsOf = (stream: string): string[] =>
  wholeMinuteMetrics.map((metric) => `${encodeNamePart(stream)}.${metric}`);

/**
 * Asks Graphite from the minute's end on until it has the whole minute of every stream, `waitMs` at
 * most. Resolves with the milliseconds after the minute's end, by stream; a stream that it never
 * had is left out.
 */
export async function watchMinute(
  options: WatchOptions,
  minute: number,
  waitMs: number,
): Promise<ReadonlyMap<string, number>> {
  const { render, prefix, intervalMs, signal } = options;
  const startMs = minute * intervalMs;
  const endMs = startMs + intervalMs;
  const delaysMs = new Map<string, number>();
  const missing = new Set(options.streams);
  await wait(Math.max(0, endMs - Date.now()), undefined, { signal });
  while (missing.size > 0 && Date.now() < endMs + waitMs) {
    // Few targets: graphite-web takes time for each, and answers the sooner.
    const targets = bracedTargets(`${prefix}.streams`, [...missing].flatMap(metricsOf));
    try {
      const series = await render({ targets, fromMs: startMs, untilMs: endMs });
      const delayMs = Date.now() - endMs;
      const points = new Map(series.map((one) => [one.name, one.points]));
      for (const stream of missing) {
        if (!isWhole(points, prefix, stream, startMs)) continue;
        delaysMs.set(stream, delayMs);
        missing.delete(stream);
      }
    } catch (error) {
      if (!(error instanceof AppError && error.retryable)) throw error;
    }
    await wait(pollMs, undefined, { signal });
  }
  return delaysMs;
}
