import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOf, residentBytesOf } from '../../stack/index.js';
import type { RollupProcess } from './rollup-process.js';

/** What one drain of the whole topic took. */
export interface DrainFigures {
  readonly seconds: number;
  /** Of all rollup processes, all threads. */
  readonly cpuSeconds: number;
  /** Of the largest process, since its start. */
  readonly peakResidentBytes: number;
  /** More than were made: some were read again after a rebalance. */
  readonly announcesRead: number;
}

export interface DrainStart {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly announcesRead: number;
}

const pollMs = 250;
/** A drain that hasn't ended after this long never will. */
const drainMsMax = 1_800_000;
/**
 * Below half the session time-out: a process that stands still is let go for a moment to tell that
 * it lives.
 */
const stoppedMsMax = 4_000;
const breathMs = 200;

/** Keeps the processes still while `fill` is under way, and tells where they stood before. */
export async function resume(
  processes: readonly RollupProcess[],
  fill: () => Promise<void>,
): Promise<DrainStart> {
  const read = await announcesRead(processes);
  const signalAll = (signal: NodeJS.Signals): void => {
    for (const one of processes) one.signal(signal);
  };
  signalAll('SIGSTOP');
  const cpuSeconds = cpuOf(processes);
  const filling = fill().then(() => 'filled' as const);
  while ((await Promise.race([filling, delay(stoppedMsMax)])) !== 'filled') {
    signalAll('SIGCONT');
    await delay(breathMs);
    signalAll('SIGSTOP');
  }
  signalAll('SIGCONT');
  return { atMs: performance.now(), cpuSeconds, announcesRead: read };
}

/** Resolves when `isDone` says that all that was made stands in the sinks. */
export async function followDrain(
  processes: readonly RollupProcess[],
  start: DrainStart,
  isDone: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<DrainFigures> {
  while (!(await isDone())) {
    signal.throwIfAborted();
    if (performance.now() - start.atMs > drainMsMax) throw new Error('the drain does not end');
    await delay(pollMs);
  }
  return {
    seconds: (performance.now() - start.atMs) / 1_000,
    cpuSeconds: cpuOf(processes) - start.cpuSeconds,
    peakResidentBytes: Math.max(...processes.map(({ pid }) => residentBytesOf(pid).peak)),
    announcesRead: (await announcesRead(processes)) - start.announcesRead,
  };
}

function cpuOf(processes: readonly RollupProcess[]): number {
  return processes.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0);
}

/** Announces that the processes have applied since their starts. */
export async function announcesRead(processes: readonly RollupProcess[]): Promise<number> {
  const read = await Promise.all(
    processes.map((process) => process.metric('viblast_rollup_announces_total')),
  );
  return read.reduce((sum, count) => sum + count, 0);
}
