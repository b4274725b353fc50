import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../../service/package-root.js';

/**
 * The folder of the compiled program that child processes are started from: the one this module
 * was itself compiled into or, when it runs from its source (in tests), `dist`.
 */
export function compiledTree(): string {
  const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
  return existsSync(join(folder, 'package.json')) ? join(packageRoot(), 'dist') : folder;
}
