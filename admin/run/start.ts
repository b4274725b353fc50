import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../service/errors.js';
import { readPidFile, removePidFile } from '../../service/pid-file.js';
import { print, say } from '../terminal.js';
import { askHealth } from './admin-port.js';
import { adminTokenOf } from './admin-token.js';
import { initCode } from './exit-codes.js';
import { whyItEnded } from './log-lines.js';
import type { ServicePaths } from './layout.js';
import { exitOf, isConfigured, spawnService } from './service-process.js';

const lookEveryMs = 100;

/**
 * Starts a service in the background, its output at the end of its log, and waits until it is
 * ready, `waitMs` at most: one that waits for Kafka has been started as well. Resolves with the
 * exit code: 0 also when it ran already, the service's own when it ended at once.
 */
export async function startService(paths: ServicePaths, waitMs: number): Promise<number> {
  const { name, pidFile, logFile } = paths;
  const before = readPidFile(pidFile);
  if (before.kind === 'alive') {
    print(`${name} runs already (pid ${before.running.pid})`);
    return initCode.ok;
  }
  if (before.kind === 'unreadable') {
    say(`${name}: ${before.reason}`);
    return initCode.failed;
  }
  if (!isConfigured(paths)) {
    say(`${name}: it has no settings yet: see ${paths.configPath ?? '/etc/viblast'}`);
    return initCode.notConfigured;
  }
  let log: number;
  try {
    for (const path of [pidFile, logFile]) mkdirSync(dirname(path), { recursive: true });
    log = openSync(logFile, 'a');
  } catch (error) {
    say(`${name}: ${messageOf(error)}`);
    return initCode.notPermitted;
  }
  if (before.kind === 'dead') {
    print(`${name}: pid ${before.pid} ended without a word; see the end of ${logFile}`);
    removePidFile(pidFile, before.pid);
  }
  const { size: from } = fstatSync(log);
  const child = spawnService(paths, ['ignore', log, log]);
  closeSync(log);
  const exit = exitOf(child);
  const code = await Promise.race([exit, untilReady(paths, child.pid ?? 0, waitMs)]);
  child.unref();
  if (code === undefined) return initCode.ok;
  if (child.pid !== undefined) removePidFile(pidFile, child.pid);
  say(`${name}: it did not start (exit code ${code}); ${logFile} says:`);
  for (const line of whyItEnded(readFileSync(logFile).subarray(from).toString())) say(line);
  // An end by itself is no start, whatever its code.
  return code === initCode.ok ? initCode.failed : code;
}

/** Says what it is like in the end. */
async function untilReady(paths: ServicePaths, pid: number, waitMs: number): Promise<undefined> {
  const { name, pidFile, logFile } = paths;
  const token = adminTokenOf(paths);
  const untilMs = Date.now() + waitMs;
  let reason = 'it does not answer yet';
  while (Date.now() < untilMs) {
    await sleep(lookEveryMs);
    const now = readPidFile(pidFile);
    if (now.kind !== 'alive' || now.running.pid !== pid) continue;
    const health = await askHealth(now.running.admin, token);
    if (health.kind === 'ready') {
      print(`${name} is started (pid ${pid})`);
      return;
    }
    reason = health.kind === 'not-ready' ? health.reasons : health.reason;
  }
  print(`${name} is started (pid ${pid}), and not ready yet (${reason}): see ${logFile}`);
}
