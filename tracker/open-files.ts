import { readFileSync } from 'node:fs';
import { exitCode, StartError } from '../service/errors.js';
import { trackerLimits } from './limits.js';

/** Beside the viewers' connections: Kafka's, the admin and agent ports', logs, and Node's own. */
const otherFilesMax = 128;

/** How many files this system lets the process open; undefined where it doesn't say (not Linux). */
export function openFilesMax(limits = readLimits()): number | undefined {
  // Node has raised the soft limit to the hard one already.
  const soft = /^Max open files +(\d+|unlimited) /m.exec(limits)?.[1];
  if (soft === undefined) return undefined;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/**
 * Throws a StartError where there may be more sockets than files: beyond those, viewers would wait
 * for a connection that nobody takes, and Kafka's could not be opened anew.
 */
export function checkOpenFiles(socketsMax: number, filesMax = openFilesMax()): void {
  const needed = socketsMax + trackerLimits.httpConnectionsMax + otherFilesMax;
  if (filesMax === undefined || filesMax >= needed) return;
  throw new StartError(
    'configuration',
    `setting "sockets_max": ${socketsMax} sockets need ${needed} open files, and this process may have ` +
      `${filesMax}: raise the limit (LimitNOFILE=${needed} of systemd, ulimit -n, nofile of Docker) or ` +
      `set sockets_max to ${Math.max(1, filesMax - needed + socketsMax)} at most`,
    exitCode.configuration,
  );
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
