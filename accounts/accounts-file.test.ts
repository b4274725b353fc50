import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noAccounts, type ApiToken } from './accounts.js';
import { changeAccounts, readAccounts } from './accounts-file.js';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'accounts-'));
  path = join(folder, 'users.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function token(name: string): ApiToken {
  const sha256 = 'a'.repeat(64);
  return { name, role: 'viewer', groups: 'all', sha256, createdAtMs: 0, expiresAtMs: 1 };
}

const add = (name: string): Promise<void> =>
  changeAccounts(path, (accounts) => ({ ...accounts, tokens: [...accounts.tokens, token(name)] }));

describe("the users' file", () => {
  it('is made for its owner alone, and leaves nothing beside it', async () => {
    expect(await readAccounts(path)).toBeUndefined();
    await add('a');
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(folder)).toEqual(['users.json']);
    chmodSync(path, 0o644);
    await add('b');
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  });

  it('has what each of many writers at the same moment adds', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `t${index}`);
    await Promise.all(names.map(add));
    const kept = (await readAccounts(path))?.tokens.map(({ name }) => name);
    expect(kept?.sort()).toEqual(names);
  });

  it('stays as it is when a change is refused, or would break a rule', async () => {
    await add('a');
    const before = readFileSync(path, 'utf8');
    const refuse = () => {
      throw new Error('no such user');
    };
    await expect(changeAccounts(path, refuse)).rejects.toThrow('no such user');
    await expect(add('a')).rejects.toMatchObject({ code: 'users_file' });
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual(['users.json']);
  });

  it('is replaced behind a link that leads to it', async () => {
    const link = join(folder, 'link.json');
    await add('a');
    symlinkSync(path, link);
    await changeAccounts(link, () => noAccounts);
    expect(await readAccounts(path)).toEqual(noAccounts);
  });

  it('is not written over when it is broken, or has no folder', async () => {
    writeFileSync(path, '{');
    await expect(add('a')).rejects.toThrow(`${path}: is not JSON`);
    expect(readFileSync(path, 'utf8')).toBe('{');
    const nowhere = join(folder, 'none', 'users.json');
    await expect(changeAccounts(nowhere, () => noAccounts)).rejects.toThrow('has no folder');
  });
});
