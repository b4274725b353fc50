import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cpuSecondsOf, wakeUpsOf, type TrackerProcess } from '../../stack/index.js';

export interface Used {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly wakeUps: number;
  readonly swarmsBytes: number;
  readonly signalsBytes: number;
}

/** Bytes of a topic's log on the first broker, which has all of it. */
function bytesOf(folder: string, topic: string): number {
  const logs = join(folder, 'kafka', 'node-1', 'log');
  const partitions = readdirSync(logs).filter((name) => name.replace(/-\d+$/, '') === topic);
  return partitions
    .flatMap((partition) => readdirSync(join(logs, partition)).map((file) => [partition, file]))
    .filter(([, file]) => file?.endsWith('.log'))
    .reduce((sum, path) => sum + statSync(join(logs, ...path)).size, 0);
}

/** What the trackers have used so far, and written of what they tell each other. */
export function usedBy(trackers: readonly TrackerProcess[], folder: string): Used {
  const sum = (of: (pid: number) => number): number =>
    trackers.reduce((total, { pid }) => total + of(pid), 0);
  return {
    atMs: performance.now(),
    cpuSeconds: sum(cpuSecondsOf),
    wakeUps: sum(wakeUpsOf),
    swarmsBytes: bytesOf(folder, 'swarms'),
    signalsBytes: bytesOf(folder, 'signals'),
  };
}

export function usedBetween(before: Used, after: Used): Omit<Used, 'atMs'> & { seconds: number } {
  return {
    seconds: (after.atMs - before.atMs) / 1_000,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    wakeUps: after.wakeUps - before.wakeUps,
    swarmsBytes: after.swarmsBytes - before.swarmsBytes,
    signalsBytes: after.signalsBytes - before.signalsBytes,
  };
}
