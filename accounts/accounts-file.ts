import { open, readFile, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, messageOf } from '../service/errors.js';
import { withLock } from '../service/with-lock.js';
import {
  accountLimits,
  accountsError,
  noAccounts,
  parseAccounts,
  type Accounts,
} from './accounts.js';

/**
 * The accounts in a users' file; undefined where there is no such file. Throws an AppError
 * (`users_file`) when it can't be read or isn't what it must be.
 */
export async function readAccounts(path: string): Promise<Accounts | undefined> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > accountLimits.fileBytesMax) throw fileError(path, 'is too large');
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof AppError) throw error;
    throw fileError(path, `cannot be read: ${messageOf(error)}`);
  }
  const read = parseAccounts(text);
  if (!read.ok) throw fileError(path, read.problem);
  return read.accounts;
}

/**
 * Puts what `change` makes of the accounts in the file in their place: no other writer comes
 * between, and readers see the one or the other. What `change` throws leaves the file as it is.
 * The file is for its owner alone; a new one belongs to whom its folder does.
 */
export async function changeAccounts(
  path: string,
  change: (accounts: Accounts) => Accounts | Promise<Accounts>,
): Promise<void> {
  const target = await targetOf(path);
  await withLock(dirname(target), async () => {
    const next = await change((await readAccounts(target)) ?? noAccounts);
    const problem = accountsError(next);
    if (problem !== undefined) throw fileError(path, problem);
    await replaceFile(target, `${JSON.stringify(next, null, 2)}\n`);
  });
}

/** Behind links: a rename would put a file in the link's place. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error)) throw fileError(path, `cannot be reached: ${messageOf(error)}`);
    const folder = dirname(path);
    try {
      return join(await realpath(folder), basename(path));
    } catch (folderError) {
      throw fileError(path, `has no folder: ${messageOf(folderError)}`);
    }
  }
}

/** A crash leaves the old file or the new one, on the disk too. */
async function replaceFile(target: string, text: string): Promise<void> {
  const folder = dirname(target);
  const fresh = join(folder, `.${basename(target)}.new`);
  // Of a writer that was killed; we hold the lock.
  await rm(fresh, { force: true });
  try {
    await withFile(fresh, 'wx', async (file) => {
      await file.writeFile(text);
      await giveToOwner(file, target);
      await file.sync();
    });
    await rename(fresh, target);
    await withFile(folder, 'r', (handle) => handle.sync());
  } catch (error) {
    await rm(fresh, { force: true });
    throw fileError(target, `cannot be written: ${messageOf(error)}`);
  }
}

async function withFile(
  path: string,
  flags: string,
  work: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}

/** Root writes for the service's user, who has to read it. */
async function giveToOwner(file: FileHandle, target: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const model = await stat(target).catch(() => stat(dirname(target)));
  await file.chown(model.uid, model.gid);
}

function fileError(path: string, problem: string): AppError {
  return new AppError('users_file', `the users' file ${path}: ${problem}`);
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
