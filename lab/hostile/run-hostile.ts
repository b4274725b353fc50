import { writeFileSync } from 'node:fs';
import { startStack, type ProgramOutput, type Stack } from '../stack/index.js';
import type { HostileOptions } from './options.js';
import type { Place, SiegeStreams } from './place.js';
import { checksOf, checksTable, type Bounds } from './result.js';
import { besiege } from './siege.js';

/** Minutes of 5 s, so that a run has many of them; the rest in proportion. */
const times = { intervalSeconds: 5, lateSeconds: 60, graceSeconds: 10, takeoverSeconds: 15 };
const partitions = 8;
const streams: SiegeStreams = {
  ordinary: ['ordinary-1', 'ordinary-2', 'ordinary-3'],
  hostile: 'hostile',
  locked: 'locked',
};
const victims = 8;

const bounds: Bounds = {
  delayMsMax: 3_000,
  memoryGrowthMax: 1.25,
  memoryGrowthBytesMax: 32 * 2 ** 20,
  logTimeLagSecondsMax: 5,
  lateShareMax: 0,
  welcomeMsMax: 3_000,
};

/** Runs the attacks on a stack of its own. True: all is as it should be. */
export async function runHostile(
  { attacks, seconds, viewers, json }: HostileOptions,
  { say, show }: ProgramOutput,
  signal: AbortSignal,
): Promise<boolean> {
  const stack = await startStack({
    ...times,
    partitions,
    rollups: 2,
    ingests: 1,
    portal: true,
    streams: [],
    progress: say,
    signal,
  });
  try {
    for (let count = 0; count < 2; count += 1) await stack.addTracker({ hasDefaultBounds: true });
    const siege = await besiege(placeOf(stack), {
      streams,
      attacks,
      durationMs: seconds * 1_000,
      viewers,
      victims,
      say,
      signal,
    });
    const checks = checksOf(siege, attacks, bounds);
    show(checksTable(checks));
    const { differences } = siege.comparison;
    for (const { where, what, expected, got } of differences.first) {
      say(`${where}: ${what}: expected ${expected}, got ${got}`);
    }
    if (json !== undefined) {
      const delaysMs = Object.fromEntries(siege.delays);
      const { attackers, sums, verified, welcomesMs } = siege;
      const memory = Object.fromEntries(siege.watched.memory);
      const result = { checks, delaysMs, attackers, sums, verified, welcomesMs, memory };
      writeFileSync(json, `${JSON.stringify(result, undefined, 2)}\n`);
    }
    const failed = checks.filter(({ holds }) => !holds);
    if (failed.length > 0) stack.keepLogs();
    show(`\n${checks.length} checks, ${failed.length} failed`);
    return failed.length === 0;
  } catch (error) {
    if (!signal.aborted) stack.keepLogs();
    throw error;
  } finally {
    say('stopping');
    await stack.stop();
  }
}

function placeOf(stack: Stack): Place {
  const { haproxy, trackers, rollups, ingests, kafka, clickhouse, graphite, portal } = stack;
  if (portal === undefined) throw new Error('the stack has no portal');
  return {
    ws: haproxy.ws,
    hostileWs: [haproxy.ws],
    trackers,
    rollups,
    ingests,
    kafka,
    clickhouse,
    graphite,
    portal,
    folder: stack.folder,
    times: {
      intervalMs: times.intervalSeconds * 1_000,
      lateMs: times.lateSeconds * 1_000,
      graceMs: times.graceSeconds * 1_000,
      takeoverMs: times.takeoverSeconds * 1_000,
    },
    partitions,
    isAlone: true,
  };
}
