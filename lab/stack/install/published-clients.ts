import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, StartError } from '../../../service/errors.js';
import { packageRoot } from '../../../service/package-root.js';
import { withLock } from '../../../service/with-lock.js';
import { runCommand } from './run-command.js';

const lockName = 'package-lock.json';
const lockCopyName = '.installed-package-lock.json';

/**
 * Installs the players' clients that tests run as they are published, when they are missing or of
 * another lockfile. Without their install scripts, which would compile programs that nobody needs.
 */
export async function installPublishedClients(say: (line: string) => void): Promise<void> {
  const folder = join(packageRoot(), 'lab', 'clients');
  if (isCurrent(folder)) return;
  await withLock(folder, async () => {
    if (isCurrent(folder)) return;
    say('installing the published players’ clients (56 MB), without their install scripts');
    const result = await runCommand('npm', ['ci', '--ignore-scripts'], { cwd: folder });
    if (result.code !== 0) {
      const lines = result.output.trimEnd().split('\n').slice(-10).join('\n');
      throw new StartError(
        'clients_missing',
        `npm could not install lab/clients (code ${result.code}):\n${lines}`,
        exitCode.unavailable,
      );
    }
    copyFileSync(join(folder, lockName), join(folder, 'node_modules', lockCopyName));
  });
}

function isCurrent(folder: string): boolean {
  const copy = join(folder, 'node_modules', lockCopyName);
  if (!existsSync(copy)) return false;
  return readFileSync(copy, 'utf8') === readFileSync(join(folder, lockName), 'utf8');
}
