import { readPidFile } from '../../service/pid-file.js';
import { print, say } from '../terminal.js';
import { askHealth } from './admin-port.js';
import { adminTokenOf } from './admin-token.js';
import { initCode, statusCode } from './exit-codes.js';
import type { ServicePaths } from './layout.js';

/** Prints in a line how the service is; resolves with the exit code of `status`. */
export async function statusOf(paths: ServicePaths): Promise<number> {
  const { name, pidFile } = paths;
  const found = readPidFile(pidFile);
  switch (found.kind) {
    case 'none':
      print(`${name} does not run`);
      return statusCode.notRunning;
    case 'dead':
      print(`${name} is dead: pid ${found.pid} ended without a word`);
      return statusCode.dead;
    case 'unreadable':
      say(`${name}: ${found.reason}`);
      return statusCode.unknown;
    case 'alive':
  }
  const { pid, node, admin } = found.running;
  const health = await askHealth(admin, adminTokenOf(paths));
  print(`${name} runs: node ${node}, pid ${pid}, admin port ${admin}, ${inWords(health)}`);
  return statusCode.running;
}

function inWords(health: Awaited<ReturnType<typeof askHealth>>): string {
  switch (health.kind) {
    case 'ready':
      return 'ready';
    case 'not-ready':
      return `not ready: ${health.reasons}`;
    case 'silent':
      return `and does not answer: ${health.reason}`;
  }
}

/** Resolves with the exit code: 0 when the admin port answers, ready or not. */
export async function ping(paths: ServicePaths): Promise<number> {
  const { name, pidFile } = paths;
  const found = readPidFile(pidFile);
  if (found.kind === 'unreadable') {
    say(`${name}: ${found.reason}`);
    return initCode.failed;
  }
  if (found.kind !== 'alive') {
    say(`${name} does not run`);
    return initCode.notRunning;
  }
  const health = await askHealth(found.running.admin, adminTokenOf(paths));
  if (health.kind !== 'silent') return initCode.ok;
  say(`${name}: pid ${found.running.pid} does not answer: ${health.reason}`);
  return initCode.failed;
}
