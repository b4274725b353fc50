import { startStack, type HaproxyProcess, type Stack } from '../../stack/index.js';
import type { CapacityBenchOptions } from './options.js';
import type { Part } from './parts.js';
import type { CapacityPlan } from './plan.js';

export interface CapacitySystem {
  readonly stack: Stack;
  readonly haproxies: readonly HaproxyProcess[];
}

/** Times of the cluster in minutes, as they are by default. */
const [lateMinutes, graceMinutes, takeoverMinutes] = [3, 1, 1];

/**
 * The whole system as it is shipped, but for the sockets of a tracker, which follow from how many
 * files it may have open.
 */
export async function startSystem(
  options: CapacityBenchOptions,
  plan: CapacityPlan,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<CapacitySystem> {
  const { intervalSeconds, announceInterval, cpuProf, folder } = options;
  const stack = await startStack({
    intervalSeconds,
    lateSeconds: lateMinutes * intervalSeconds,
    graceSeconds: graceMinutes * intervalSeconds,
    takeoverSeconds: takeoverMinutes * intervalSeconds,
    rollups: 1,
    ingests: 1,
    portal: true,
    streams: plan.audiences.flatMap(({ streams }) => streams),
    ...(folder === undefined ? {} : { folder }),
    progress: say,
    signal,
  });
  try {
    // It has registered the streams; nobody looks at it.
    await stack.portal?.stop();
    await stack.addTrackers(plan.trackers, {
      hasDefaultBounds: true,
      nodeArguments: cpuProf === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProf}`],
      settings: {
        announce_interval_seconds: announceInterval,
        sockets_max: plan.socketsMax,
      },
    });
    const haproxies: HaproxyProcess[] = plan.haproxies > 0 ? [stack.haproxy] : [];
    while (haproxies.length < plan.haproxies) haproxies.push(await stack.addHaproxy());
    return { stack, haproxies };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** How long after its end a minute may still change. */
export function lateMsOf({ intervalSeconds }: CapacityBenchOptions): number {
  return lateMinutes * intervalSeconds * 1_000;
}

/** Everything whose share is told, in the order of an announce's way. */
export function partsOf(
  { stack, haproxies }: CapacitySystem,
  { viewers, throughHaproxy }: CapacityBenchOptions,
  viewerPids: readonly number[],
): readonly Part[] {
  const pidsOf = (processes: readonly { readonly pid: number }[]): number[] =>
    processes.map(({ pid }) => pid);
  const { trackers, kafka, rollups, ingests, clickhouse, graphite } = stack;
  const parts: Part[] = [
    { name: 'viewers (simulated)', pids: viewerPids, viewers },
    {
      name: 'HAProxy',
      pids: pidsOf(haproxies.map(({ process }) => process)),
      viewers: throughHaproxy,
    },
    { name: 'trackers', pids: pidsOf(trackers), viewers },
    { name: 'Kafka', pids: pidsOf(kafka.processes), viewers },
    { name: 'rollup', pids: pidsOf(rollups), viewers },
    { name: 'ingest', pids: pidsOf(ingests), viewers },
    { name: 'ClickHouse', pids: [clickhouse.process.pid], viewers },
    { name: 'carbon', pids: [graphite.carbon.pid], viewers },
    { name: 'graphite-web, asked by this benchmark', pids: [graphite.web.pid], viewers },
    { name: 'this benchmark', pids: [process.pid], viewers },
  ];
  return parts.filter((part) => part.viewers > 0);
}
