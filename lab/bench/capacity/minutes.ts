import { setTimeout as wait } from 'node:timers/promises';
import { renderClient } from '../../../graphite/index.js';
import { watchMinute } from '../../demo/graphite-watch.js';
import { graphitePrefix } from '../../oracle/sink-probes.js';
import type { Stack } from '../../stack/index.js';

/** How long after its end Graphite had all of a minute; undefined: not within `waitMsMax`. */
export type GraphiteDelays = ReadonlyMap<number, number | undefined>;

export interface MinutesToWatch {
  readonly first: number;
  readonly count: number;
  readonly intervalMs: number;
  readonly streams: readonly string[];
}

/** Beyond the target, so that a late minute has a figure too. */
const waitMsMax = 120_000;
const renderMsMax = 30_000;

/** Asks Graphite after each minute's end until it has the minute of every stream. */
export async function graphiteDelays(
  { graphite }: Pick<Stack, 'graphite'>,
  { first, count, intervalMs, streams }: MinutesToWatch,
  onMinute: (minute: number, delayMs: number | undefined) => void,
  signal: AbortSignal,
): Promise<GraphiteDelays> {
  const { render } = renderClient({ url: graphite.render, timeoutMs: renderMsMax });
  const options = { render, prefix: graphitePrefix, streams, intervalMs, signal };
  const minutes = Array.from({ length: count }, (_, place) => first + place);
  const delays = await Promise.all(
    minutes.map(async (minute): Promise<[number, number | undefined]> => {
      const delaysMs = await watchMinute(options, minute, waitMsMax);
      const isWhole = delaysMs.size === streams.length;
      const delayMs = isWhole ? Math.max(...delaysMs.values()) : undefined;
      onMinute(minute, delayMs);
      return [minute, delayMs];
    }),
  );
  return new Map(delays);
}

/** Resolves at the minute's beginning. */
export async function untilMinute(
  minute: number,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  await wait(Math.max(0, minute * intervalMs - Date.now()), undefined, { signal });
}
