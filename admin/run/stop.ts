import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../service/errors.js';
import { processIdentity, readPidFile, removePidFile } from '../../service/pid-file.js';
import type { RunningService } from '../../service/pid-file.js';
import { print, say } from '../terminal.js';
import { initCode } from './exit-codes.js';
import type { ServicePaths } from './layout.js';

const lookEveryMs = 50;
/** Until it is said that there is a wait. */
const quietMs = 1_000;
/** Beyond the deadline by which the service ends itself. */
const endingMs = 10_000;

/**
 * Stops a service and waits for as long as it may take to hand over what it holds; then it is
 * killed. Resolves with the exit code: 0 also when it did not run.
 */
export async function stopService(paths: ServicePaths): Promise<number> {
  const { name, pidFile } = paths;
  const found = readPidFile(pidFile);
  switch (found.kind) {
    case 'none':
      print(`${name} does not run`);
      return initCode.ok;
    case 'dead':
      print(`${name} does not run any more: pid ${found.pid} ended without a word`);
      removePidFile(pidFile, found.pid);
      return initCode.ok;
    case 'unreadable':
      say(`${name}: ${found.reason}`);
      return initCode.failed;
    case 'alive':
  }
  const { running } = found;
  try {
    process.kill(running.pid, 'SIGTERM');
    // One that was halted by SIGSTOP hears of it as well.
    process.kill(running.pid, 'SIGCONT');
  } catch (error) {
    if (isGone(running)) return initCode.ok;
    say(`${name}: pid ${running.pid} cannot be told to stop: ${messageOf(error)}`);
    return initCode.notPermitted;
  }
  if (await hasEnded(running, name)) print(`${name} is stopped`);
  else {
    say(`${name}: pid ${running.pid} did not end in its time, and is killed`);
    process.kill(running.pid, 'SIGKILL');
    while (!isGone(running)) await sleep(lookEveryMs);
  }
  removePidFile(pidFile, running.pid);
  return initCode.ok;
}

function isGone({ pid, identity }: RunningService): boolean {
  return processIdentity(pid) !== identity;
}

async function hasEnded(running: RunningService, name: string): Promise<boolean> {
  const startedAtMs = Date.now();
  let isSaid = false;
  while (!isGone(running)) {
    const waitedMs = Date.now() - startedAtMs;
    if (waitedMs > running.stopDeadlineSeconds * 1_000 + endingMs) return false;
    if (!isSaid && waitedMs > quietMs) {
      isSaid = true;
      const { pid, stopDeadlineSeconds } = running;
      print(`${name}: waiting for pid ${pid} to hand over, ${stopDeadlineSeconds} s at most`);
    }
    await sleep(lookEveryMs);
  }
  return true;
}
