import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { readPidFile } from '../../service/pid-file.js';
import { say } from '../terminal.js';
import { initCode } from './exit-codes.js';
import type { ServicePaths } from './layout.js';
import { exitOf, isConfigured, spawnService } from './service-process.js';

/**
 * Runs services with our output until they end. Signals go on to them; when one ends by itself the
 * others are stopped. Resolves with the exit code of the one that ended first.
 */
export async function runInForeground(services: readonly ServicePaths[]): Promise<number> {
  for (const paths of services) {
    const { name, pidFile } = paths;
    if (!isConfigured(paths)) {
      say(`${name}: it has no settings yet: see ${paths.configPath ?? '/etc/viblast'}`);
      return initCode.notConfigured;
    }
    const before = readPidFile(pidFile);
    if (before.kind === 'alive') {
      say(`${name} runs already (pid ${before.running.pid})`);
      return initCode.failed;
    }
    mkdirSync(dirname(pidFile), { recursive: true });
  }
  const children = services.map((paths) => spawnService(paths, 'inherit'));
  const signalAll = (signal: NodeJS.Signals): void => {
    for (const child of children) if (child.exitCode === null) child.kill(signal);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => signalAll(signal));
  }
  const exits = children.map((child) => exitOf(child));
  const first = await Promise.race(exits);
  signalAll('SIGTERM');
  const codes = await Promise.all(exits);
  return first === initCode.ok ? Math.max(...codes) : first;
}
