import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
} from 'node:fs';
import { join } from 'node:path';
import { exitCode, messageOf, StartError } from '../../service/errors.js';
import { headBytesMax, whisperCondition, type WhisperCondition } from './whisper-head.js';

const suffix = '.wsp';
/** What a file without a header is called from then on: nobody takes it for a metric's. */
const asideSuffix = '.broken';

/** A metric's file that neither carbon nor graphite-web can read. */
export interface BrokenFile {
  readonly metric: string;
  readonly path: string;
  readonly condition: Exclude<WhisperCondition, { readonly kind: 'whole' }>;
  /** Changes with whatever is written to it. */
  readonly seen: string;
}

/**
 * The broken files of all metrics that begin with the prefix and one of `bases`, below whisper's
 * folder. No symbolic link is followed but `folder` itself. Throws a StartError (`usage`) that
 * names what is no folder of whisper, or can't be read.
 */
export function* brokenFiles(
  folder: string,
  prefix: string,
  bases: readonly string[],
): Generator<BrokenFile> {
  const root = orSay(folder, () => realpathSync(folder));
  if (!hasFolders(root, prefix.split('.'))) {
    throw unusable(folder, `it has nothing of ${prefix}: carbon.conf names it as LOCAL_DATA_DIR`);
  }
  for (const base of bases) {
    const first = base.split('.');
    const waiting = hasFolders(root, first) ? [first] : [];
    for (let parts = waiting.pop(); parts !== undefined; parts = waiting.pop()) {
      const within = join(root, ...parts);
      for (const entry of orSay(within, () => readdirSync(within, { withFileTypes: true }))) {
        if (entry.isDirectory()) waiting.push([...parts, entry.name]);
        if (!entry.isFile() || !entry.name.endsWith(suffix)) continue;
        const metric = [...parts, entry.name.slice(0, -suffix.length)].join('.');
        const broken = lookAt(metric, join(within, entry.name));
        if (broken !== undefined) yield broken;
      }
    }
  }
}

/** True: the metric's file is there, and can be read. */
export function isReadable(folder: string, metric: string): boolean {
  const path = join(realpathSync(folder), ...metric.split('.')) + suffix;
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.isFile() === true && lookAt(metric, path) === undefined;
}

/**
 * Mends a file, if it is still as it was seen. One without a header is put aside: it is renamed, so
 * that carbon makes it anew with the next point, and what was in it can still be looked at. One
 * that is cut off behind its header is filled up with empty points, and keeps those it has. Returns
 * false, and leaves it, where it has changed since. Throws a StartError (`usage`).
 */
export function mend({ metric, path, condition, seen }: BrokenFile): boolean {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  if (lookAt(metric, path)?.seen !== seen) return false;
  orSay(path, () => {
    if (condition.kind === 'cut_off') lengthen(path, condition.wholeBytes);
    else renameSync(path, path + asideSuffix);
  });
  return true;
}

/** True: every part is a folder; false: one isn't there. */
function hasFolders(root: string, parts: readonly string[]): boolean {
  for (let depth = 0; depth <= parts.length; depth += 1) {
    const path = join(root, ...parts.slice(0, depth));
    const status = orSay(path, () => lstatSync(path, { throwIfNoEntry: false }));
    if (status === undefined) return false;
    if (!status.isDirectory())
      throw unusable(path, 'it is not a folder, and links are not followed');
  }
  return true;
}

function lengthen(path: string, bytes: number): void {
  const file = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    ftruncateSync(file, bytes);
  } finally {
    closeSync(file);
  }
}

function lookAt(metric: string, path: string): BrokenFile | undefined {
  return orSay(path, () => {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { ino, size, mtimeMs } = fstatSync(file);
      const head = Buffer.alloc(Math.min(size, headBytesMax));
      const bytes = readSync(file, head, 0, head.length, 0);
      const condition = whisperCondition(head.subarray(0, bytes), size);
      if (condition.kind === 'whole') return undefined;
      return { metric, path, condition, seen: `${ino} ${size} ${mtimeMs}` };
    } finally {
      closeSync(file);
    }
  });
}

function orSay<Result>(path: string, look: () => Result): Result {
  try {
    return look();
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw unusable(path, messageOf(error));
  }
}

function unusable(path: string, reason: string): StartError {
  return new StartError('usage', `--whisper: ${path}: ${reason}`, exitCode.usage);
}
