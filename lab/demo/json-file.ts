import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { exitCode, messageOf, StartError } from '../../service/errors.js';

/**
 * Throws a StartError (usage) when the file could not be written at the end; leaves nothing behind.
 */
export function checkWritable(path: string): void {
  const existed = existsSync(path);
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw new StartError(
      'usage',
      `--json ${path} cannot be written: ${messageOf(error)}`,
      exitCode.usage,
      error,
    );
  }
  if (!existed) rmSync(path);
}

export function writeJsonFile(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
