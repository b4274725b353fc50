import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../service/package-root.js';
import { withLock } from '../../../service/with-lock.js';
import { installPackages } from './debian-packages.js';
import { must } from './must.js';
import { runCommand } from './run-command.js';

const virtualenvNeed = {
  command: 'virtualenv',
  package: 'virtualenv',
  why: "Debian's Python makes no environments by itself",
};

/**
 * The path of a program of PyPI, in an environment of its own in `.stack/`, which is made once for
 * these requirements (`name==version`): all that it needs, so that it is the same everywhere.
 */
export async function pythonProgram(
  name: string,
  requirements: readonly string[],
  say: (line: string) => void,
): Promise<string> {
  const version = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 8);
  const folder = join(packageRoot(), '.stack', 'python');
  const environment = join(folder, `${name}-${version}`);
  const path = join(environment, 'bin', name);
  const done = join(environment, '.done');
  if (existsSync(done)) return path;
  mkdirSync(folder, { recursive: true });
  await withLock(folder, async () => {
    if (existsSync(done)) return;
    say(`installing ${name} of PyPI`);
    rmSync(environment, { recursive: true, force: true });
    await makeEnvironment(environment, say);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    await must(join(environment, 'bin', 'python'), [...pip, ...requirements]);
    writeFileSync(done, '');
  });
  return path;
}

async function makeEnvironment(environment: string, say: (line: string) => void): Promise<void> {
  if ((await runCommand('python3', ['-c', 'import ensurepip, venv'])).code === 0) {
    await must('python3', ['-m', 'venv', environment]);
    return;
  }
  await installPackages([virtualenvNeed], say);
  await must('virtualenv', ['--quiet', environment]);
}
