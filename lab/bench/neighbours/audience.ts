import { setTimeout as delay } from 'node:timers/promises';
import { BenchViewer } from './bench-viewer.js';

/** Where a viewer comes in. */
export type Door = (index: number) => string;

const joinEveryMs = 10;
const addresses = 64;

/** Viewers come in one after the other, each from one of 64 addresses, and stay for a while. */
export async function watch(
  streams: readonly string[],
  door: Door,
  stayMs: number,
  signal: AbortSignal,
): Promise<BenchViewer[]> {
  const viewers: BenchViewer[] = [];
  try {
    for (const [index, stream] of streams.entries()) {
      const address = `127.0.1.${1 + ((index * 37) % addresses)}`;
      viewers.push(new BenchViewer(door(index), stream, address));
      await delay(joinEveryMs, undefined, { signal });
    }
    await delay(stayMs, undefined, { signal });
    return viewers;
  } finally {
    for (const viewer of viewers) viewer.end();
  }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
