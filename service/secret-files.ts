import { readFileSync } from 'node:fs';
import { configurationError, messageOf } from './errors.js';

const suffix = '_file';
/** A secret is a line; what is larger is another file. */
const lengthMax = 65_536;

type Values = Readonly<Record<string, unknown>>;

/** True: the setting of this schema is masked in what is printed, and may stand in a file. */
export function isSecret(property: unknown): boolean {
  return typeof property === 'object' && property !== null && 'secret' in property;
}

/** The names under which a file can be given for each secret of a schema: `portal_token_file`. */
export function secretFileKeys(properties: Values): ReadonlySet<string> {
  const secrets = Object.entries(properties).filter(([, property]) => isSecret(property));
  return new Set(secrets.map(([key]) => `${key}${suffix}`));
}

/**
 * The values with each `<secret>_file` replaced by what stands in that file, without the line end
 * behind it. An empty path is none. Throws a StartError (configuration) where a secret is given
 * twice, or its file can't be read or holds none; it names the setting and the file, never what
 * the file holds.
 */
export function withSecretFiles(given: Values, properties: Values): Record<string, unknown> {
  const fileKeys = secretFileKeys(properties);
  const entries = Object.entries(given);
  const values = Object.fromEntries(entries.filter(([key]) => !fileKeys.has(key)));
  for (const [fileKey, path] of entries) {
    if (!fileKeys.has(fileKey) || path === '') continue;
    const key = fileKey.slice(0, -suffix.length);
    if (typeof path !== 'string') throw configurationError(`setting "${fileKey}" must be a path`);
    if (values[key] !== undefined && values[key] !== '') {
      throw configurationError(`settings "${key}" and "${fileKey}" are both given: keep one`);
    }
    values[key] = secretIn(path, fileKey);
  }
  return values;
}

function secretIn(path: string, fileKey: string): string {
  const what = `setting "${fileKey}": file ${path}`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw configurationError(`${what} cannot be read: ${messageOf(error)}`);
  }
  if (text === '') throw configurationError(`${what} is empty`);
  if (/[\r\n]/.test(text) || text.length > lengthMax) {
    throw configurationError(`${what} must hold one line, the secret`);
  }
  return text;
}
