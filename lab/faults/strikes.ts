import type { StackProcess } from '../stack/index.js';
import { pauseMs } from './settings.js';
import type { FaultSystem } from './system.js';

/** How a process is struck: kill -9, SIGSTOP and later SIGCONT, or a graceful stop. */
export const ways = ['kill', 'pause', 'stop'] as const;
export type Way = (typeof ways)[number];

const stopDeadlineMs = 25_000;

/** To the process and whatever it has started: workers of HAProxy, of gunicorn. */
function signalAll(target: StackProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-target.pid, signal);
  } catch {
    // It has ended already.
  }
}

/**
 * Strikes all of these at once and resolves when they run again. Who is killed or stopped is
 * started again `awayMs` after the strike, or at once.
 */
export async function strike(
  targets: readonly StackProcess[],
  way: Way,
  system: Pick<FaultSystem, 'say' | 'wait'>,
  awayMs = 0,
): Promise<void> {
  const names = targets.map(({ name }) => name).join(', ');
  const startedAtMs = Date.now();
  system.say(`${way} ${names}`);
  if (way === 'pause') await pause(targets, system);
  else {
    await Promise.all(targets.map((target) => end(target, way)));
    await system.wait(Math.max(0, startedAtMs + awayMs - Date.now()));
    await Promise.all(targets.map((target) => target.start()));
  }
  system.say(`${names}: back after ${((Date.now() - startedAtMs) / 1_000).toFixed(1)} s`);
}

async function end(target: StackProcess, way: 'kill' | 'stop'): Promise<void> {
  if (way === 'stop') {
    await target.stop(stopDeadlineMs);
    return;
  }
  // This one tells the stack that the end is wanted.
  target.kill('SIGKILL');
  signalAll(target, 'SIGKILL');
  await target.exited;
}

async function pause(
  targets: readonly StackProcess[],
  system: Pick<FaultSystem, 'wait'>,
): Promise<void> {
  for (const target of targets) signalAll(target, 'SIGSTOP');
  try {
    await system.wait(pauseMs);
  } finally {
    for (const target of targets) signalAll(target, 'SIGCONT');
  }
}
