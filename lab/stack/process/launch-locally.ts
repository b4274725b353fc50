import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { exitCode, StartError } from '../../../service/errors.js';
import type { Launch, Launched } from './process-spec.js';

/** Starts a process of this machine. What it prints goes to the log file. */
export async function launchLocally(spec: Launch, logFile: string): Promise<Launched> {
  const log = openSync(logFile, 'a');
  const child = spawn(spec.command, spec.args, {
    // A group of its own: the terminal's Ctrl-C reaches the stack alone, which ends all in order.
    detached: true,
    stdio: ['ignore', log, log],
    cwd: spec.cwd,
    env: { ...inheritedEnvironment(), ...spec.environment },
  });
  closeSync(log);
  const spawned = await new Promise<Error | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', resolve);
  });
  if (spawned !== undefined) {
    throw new StartError(
      'spawn_failed',
      `${spec.name} cannot be started: ${spawned.message}`,
      exitCode.unavailable,
      spawned,
    );
  }
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
  return { pid: child.pid, exited };
}

/**
 * What a child gets from this process: everything but settings of services, the log level excepted.
 */
function inheritedEnvironment(): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const isSetting = name.startsWith('VIBLAST_') && name !== 'VIBLAST_LOG_LEVEL';
    if (value !== undefined && !isSetting && name !== 'NODE_OPTIONS') inherited[name] = value;
  }
  return inherited;
}
