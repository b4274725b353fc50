import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../../service/errors.js';
import { metricSum, readMetrics, sumOf, type Series } from '../stack/index.js';
import type { Measured, Place } from './place.js';

/** What the services told of themselves, again and again, while they were attacked. */
export interface Watched {
  /** Resident memory in bytes of each process, oldest first. */
  readonly memory: ReadonlyMap<string, readonly number[]>;
  /** The furthest that time in a partition of a rollup was behind the clock. */
  readonly logTimeLagSecondsMax: number;
  /** Partitions that stood still, dead letters and what was set aside: the most at a time. */
  readonly brokenMax: number;
  /** Readings that a service did not answer: which one, and why. */
  readonly unanswered: readonly string[];
  readonly readings: number;
}

const readingEveryMs = 2_000;
const brokenMetrics = ['standing_partitions', 'set_aside_total', 'dead_letters_total'];

/** Reads them until `isOver` says so. */
export async function watchServices(
  place: Place,
  isOver: () => boolean,
  signal: AbortSignal,
): Promise<Watched> {
  const memory = new Map<string, number[]>();
  const first = new Map<string, number>();
  let logTimeLagSecondsMax = 0;
  let brokenMax = 0;
  const unanswered: string[] = [];
  let readings = 0;
  const take = async (service: Measured, isRollup: boolean): Promise<void> => {
    const series = await readMetrics(service);
    const bytes = metricSum(series, 'process_resident_memory_bytes');
    memory.set(service.name, [...(memory.get(service.name) ?? []), bytes]);
    if (!isRollup) return;
    const lag = metricSum(series, 'viblast_rollup_log_time_lag_seconds');
    logTimeLagSecondsMax = Math.max(logTimeLagSecondsMax, lag);
    const broken = brokenMetrics.reduce(
      (sum, name) => sum + metricSum(series, `viblast_rollup_${name}`),
      0,
    );
    // Others may have broken something before, on a shared stack.
    const before = first.get(service.name) ?? broken;
    first.set(service.name, before);
    brokenMax = Math.max(brokenMax, broken - before);
  };
  while (!isOver()) {
    const services = [...place.trackers, ...place.ingests, ...place.rollups];
    await Promise.all(
      services.map((service) =>
        take(service, place.rollups.includes(service)).catch((error: unknown) => {
          unanswered.push(`${service.name}: ${messageOf(error)}`);
        }),
      ),
    );
    readings += 1;
    await wait(readingEveryMs, undefined, { signal });
  }
  return { memory, logTimeLagSecondsMax, brokenMax, unanswered, readings };
}

/** All series of the trackers, added up. */
export async function trackerSeries({ trackers }: Place): Promise<Series> {
  return sumOf(await Promise.all(trackers.map(readMetrics)));
}
