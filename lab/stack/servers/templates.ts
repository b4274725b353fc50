import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../service/package-root.js';

/** The text of a file under `deploy/`: what is shipped is what the stack runs. */
export function shippedFile(...path: readonly string[]): string {
  return readFileSync(join(packageRoot(), 'deploy', ...path), 'utf8');
}

/** Replaces what matches; a pattern that matches nothing is a mistake in the shipped file. */
export function replaceIn(text: string, pattern: RegExp, replacement: string): string {
  if (!pattern.test(text)) throw new Error(`nothing matches ${pattern.source} in a shipped file`);
  return text.replace(pattern, () => replacement);
}

/** Sets `KEY = value` lines of an ini file, each of which must be there. */
export function setKeys(text: string, values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values).reduce(
    (result, [key, value]) =>
      replaceIn(result, new RegExp(`^${key} =.*$`, 'm'), `${key} = ${value}`),
    text,
  );
}
