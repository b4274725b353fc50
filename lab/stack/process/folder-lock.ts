import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, StartError } from '../../../service/errors.js';
import { startTicks } from './process-identity.js';

/**
 * One stack at a time uses a folder. The lock names its process (pid and start), so one that a
 * dead process left behind is seen as such and taken over.
 */
export class FolderLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Throws a StartError (unavailable) when a living process has the folder. */
  static take(folder: string): FolderLock {
    const path = join(folder, 'stack.lock');
    const own = `${path}.${process.pid}`;
    writeFileSync(own, `${process.pid} ${startTicks(process.pid) ?? ''}`);
    try {
      if (tryLink(own, path)) return new FolderLock(path);
      const owner = readOwner(path);
      if (owner.isAlive) {
        throw new StartError(
          'folder_in_use',
          `${folder} is used by the stack with pid ${owner.pid}`,
          exitCode.unavailable,
        );
      }
      rmSync(path, { force: true });
      if (tryLink(own, path)) return new FolderLock(path);
      throw new StartError('folder_in_use', `${folder} was just taken`, exitCode.unavailable);
    } finally {
      rmSync(own, { force: true });
    }
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function readOwner(path: string): { readonly pid: number; readonly isAlive: boolean } {
  const [pid = '', ticks = ''] = readFileSync(path, 'utf8').split(' ');
  return { pid: Number(pid), isAlive: ticks !== '' && startTicks(Number(pid)) === ticks };
}
