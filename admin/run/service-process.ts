import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { ServicePaths } from './layout.js';

function argumentsOf({ main, configPath }: ServicePaths, more: readonly string[]): string[] {
  return [main, ...(configPath === undefined ? [] : ['--config', configPath]), ...more];
}

/** In a group of its own, so that a terminal's Ctrl-C doesn't reach it. */
export function spawnService(paths: ServicePaths, stdio: StdioOptions): ChildProcess {
  return spawn(process.execPath, argumentsOf(paths, ['--pid-file', paths.pidFile]), {
    detached: true,
    stdio,
    cwd: paths.folder,
  });
}

/** What the service says of its settings, as `--print-config` does; what is wrong in `errors`. */
export function printConfig(paths: ServicePaths): {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
} {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    argumentsOf(paths, ['--print-config']),
    // A checkout has no folder before its first start, and settings don't need one.
    { encoding: 'utf8', cwd: existsSync(paths.folder) ? paths.folder : undefined },
  );
  return { code: status ?? 1, output: stdout, errors: stderr.trim() };
}

/** False: nobody has given it any setting yet. */
export function isConfigured({ service, configPath = '/etc/viblast' }: ServicePaths): boolean {
  if (Object.keys(process.env).some((name) => name.startsWith('VIBLAST_'))) return true;
  if (configPath.endsWith('.json')) return true;
  return existsSync(join(configPath, `${service}.json`)) || hasSettings(configPath, 'common.json');
}

/** True: the folder has settings files, or the one that is named. */
export function hasSettings(folder: string, named?: string): boolean {
  if (!existsSync(folder)) return false;
  let files: readonly string[];
  try {
    files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    // They are there, and not for us to see: whatever is to be done with them says so.
    return true;
  }
  return named === undefined ? files.length > 0 : files.includes(named);
}

/** The exit code, or 128 and the signal's number as shells have it. */
export function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
