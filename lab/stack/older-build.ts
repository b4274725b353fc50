import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, StartError } from '../../service/errors.js';
import { packageRoot } from '../../service/package-root.js';
import { must } from './install/must.js';
import { runCommand } from './install/run-command.js';

/**
 * The compiled tree of an earlier commit of this repository, with the npm packages that it had:
 * built once, and kept beside this one's packages. Throws a StartError where git doesn't have the
 * commit (`no_history`), or it doesn't build (`command_failed`).
 */
export async function olderBuild(
  commit: string,
  say: (line: string) => void = () => undefined,
): Promise<string> {
  const folder = join(packageRoot(), 'node_modules', '.cache', 'older-builds', commit);
  const compiled = join(folder, 'dist');
  const stamp = join(folder, '.built');
  if (existsSync(stamp)) return compiled;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  say(`building ${commit}, once`);
  await unpack(commit, folder);
  await must('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  const node = (...args: readonly string[]) => must(process.execPath, args, { cwd: folder });
  await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.lab.json', '--noCheck');
  const page = ['portal-api/web', '--config', 'portal-api/web/vite.config.ts'];
  const into = ['--outDir', join(compiled, 'portal-api', 'web'), '--emptyOutDir'];
  await node('node_modules/vite/bin/vite.js', 'build', ...page, ...into, '--logLevel', 'warn');
  writeFileSync(stamp, '');
  return compiled;
}

async function unpack(commit: string, folder: string): Promise<void> {
  const archive = join(folder, 'source.tar');
  const args = ['-C', packageRoot(), 'archive', '--output', archive, commit];
  const { code, output } = await runCommand('git', args);
  if (code !== 0) {
    throw new StartError(
      'no_history',
      `the commit ${commit} is needed and not here (run this in a full clone, not in an unpacked ` +
        `tarball or a shallow one): ${output.trim()}`,
      exitCode.unavailable,
    );
  }
  await must('tar', ['-xf', archive], { cwd: folder });
  rmSync(archive);
}
