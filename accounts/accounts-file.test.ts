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
import { noAccounts, type ApiToken, type User } from './accounts.js';
import { changeAccounts, readAccountHistory, readAccounts } from './accounts-file.js';

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
  changeAccounts(path, 'user:ann', (accounts) => ({
    ...accounts,
    tokens: [...accounts.tokens, token(name)],
  }));

describe("the users' file", () => {
  it('is made for its owner alone, and leaves its history alone beside it', async () => {
    expect(await readAccounts(path)).toBeUndefined();
    await add('a');
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(folder)).toEqual(['users.json', 'users.json.history']);
    expect((statSync(`${path}.history`).mode & 0o777).toString(8)).toBe('600');
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
    await expect(changeAccounts(path, 'user:ann', refuse)).rejects.toThrow('no such user');
    await expect(add('a')).rejects.toMatchObject({ code: 'users_file' });
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual(['users.json', 'users.json.history']);
    expect(await readAccountHistory(path)).toHaveLength(1);
  });

  it('has beside it who changed what and when, and no secret', async () => {
    expect(await readAccountHistory(path)).toEqual([]);
    const hash = `$scrypt$ln=1,r=1,p=1$${'s'.repeat(22)}$${'d'.repeat(43)}`;
    const ann: User = {
      name: 'ann',
      role: 'viewer',
      groups: ['news'],
      passwordHash: hash,
      changedAtMs: 1,
    };
    const users = (actor: string, ...changed: readonly User[]): Promise<void> =>
      changeAccounts(path, actor, (accounts) => ({ ...accounts, users: [...changed] }));
    await users('root', ann);
    await users('root', ann);
    const passwordHash = hash.replaceAll('d', 'e');
    await users('user:bob', { ...ann, role: 'editor', groups: 'all', passwordHash });
    await users('user:bob');
    await add('ci');
    const told = await readAccountHistory(path);
    expect(told).toMatchObject([
      {
        actor: 'root',
        kind: 'user',
        name: 'ann',
        action: 'added',
        changes: [
          { field: 'role', before: null, after: 'viewer' },
          { field: 'groups', before: null, after: ['news'] },
        ],
      },
      {
        actor: 'user:bob',
        name: 'ann',
        action: 'changed',
        changes: [
          { field: 'role', before: 'viewer', after: 'editor' },
          { field: 'groups', before: ['news'], after: 'all' },
          { field: 'password', before: null, after: 'set' },
        ],
      },
      { actor: 'user:bob', name: 'ann', action: 'removed' },
      { actor: 'user:ann', kind: 'token', name: 'ci', action: 'added' },
    ]);
    expect(told).toHaveLength(4);
    expect(JSON.stringify(told)).not.toMatch(/scrypt|dddd|eeee|aaaa/);
  });

  it('takes changes though somebody spoiled its history, which is put aside', async () => {
    await add('a');
    writeFileSync(`${path}.history`, 'spoiled');
    await expect(readAccountHistory(path)).rejects.toMatchObject({ code: 'users_file' });
    await add('b');
    expect(await readAccountHistory(path)).toMatchObject([{ name: 'b' }]);
    expect(readFileSync(`${path}.history.unreadable`, 'utf8')).toBe('spoiled');
  });

  it('is replaced behind a link that leads to it', async () => {
    const link = join(folder, 'link.json');
    await add('a');
    symlinkSync(path, link);
    await changeAccounts(link, 'user:ann', () => noAccounts);
    expect(await readAccounts(path)).toEqual(noAccounts);
  });

  it('is not written over when it is broken, or has no folder', async () => {
    writeFileSync(path, '{');
    await expect(add('a')).rejects.toThrow(`${path}: is not JSON`);
    expect(readFileSync(path, 'utf8')).toBe('{');
    const nowhere = join(folder, 'none', 'users.json');
    await expect(changeAccounts(nowhere, 'user:ann', () => noAccounts)).rejects.toThrow(
      'has no folder',
    );
  });
});
