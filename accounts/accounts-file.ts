import { open, readFile, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, messageOf } from '../service/errors.js';
import { withLock } from '../service/with-lock.js';
import {
  accountChanges,
  historyText,
  parseHistory,
  type AccountChange,
} from './account-history.js';
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
  const text = await textOf(path);
  if (text === undefined) return undefined;
  const read = parseAccounts(text);
  if (!read.ok) throw fileError(path, read.problem);
  return read.accounts;
}

/** Makes other accounts of these. */
export type AccountsChange = (accounts: Accounts) => Accounts | Promise<Accounts>;

/**
 * Puts what `change` makes of the accounts in the file in their place, and what was changed by
 * `actor` in the history beside it: no other writer comes between, and readers see the one or the
 * other. What `change` throws leaves both as they are. The files are for their owner alone; new
 * ones belong to whom the folder does.
 */
export async function changeAccounts(
  path: string,
  actor: string,
  change: AccountsChange,
): Promise<void> {
  const target = await targetOf(path);
  await withLock(dirname(target), async () => {
    const before = (await readAccounts(target)) ?? noAccounts;
    const next = await change(before);
    const problem = accountsError(next);
    if (problem !== undefined) throw fileError(path, problem);
    // First, so that no change is untold, whenever the machine goes down.
    const undo = await addToHistory(
      target,
      accountChanges(before, next, { actor, atMs: Date.now() }),
    );
    try {
      await replaceFile(target, `${JSON.stringify(next, null, 2)}\n`);
    } catch (error) {
      await undo();
      throw error;
    }
  });
}

/**
 * Who changed what of the accounts, the latest last. Throws an AppError (`users_file`) when it
 * can't be read.
 */
export async function readAccountHistory(path: string): Promise<readonly AccountChange[]> {
  const file = historyOf(await targetOf(path));
  const text = await textOf(file);
  const changes = text === undefined ? [] : parseHistory(text);
  if (changes === undefined) throw fileError(file, 'is no history of accounts');
  return changes;
}

function historyOf(target: string): string {
  return `${target}.history`;
}

/** Returns how to take it back. */
async function addToHistory(
  target: string,
  changes: readonly AccountChange[],
): Promise<() => Promise<void>> {
  if (changes.length === 0) return () => Promise.resolve();
  const file = historyOf(target);
  const before = (await textOf(file)) ?? historyText([]);
  const known = parseHistory(before);
  // Nobody is kept from revoking a token by a history that somebody spoiled: it is put aside.
  if (known === undefined) await rename(file, `${file}.unreadable`);
  await replaceFile(file, historyText([...(known ?? []), ...changes]));
  return () => replaceFile(file, before).catch(() => undefined);
}

/** Undefined where there is no such file. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > accountLimits.fileBytesMax) throw fileError(path, 'is too large');
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof AppError) throw error;
    throw fileError(path, `cannot be read: ${messageOf(error)}`);
  }
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
