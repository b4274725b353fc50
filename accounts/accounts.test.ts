import { describe, expect, it } from '@jest/globals';
import { parseAccounts, type Accounts } from './accounts.js';

const holder = { name: 'ann', role: 'editor', groups: ['news'] } as const;
const passwordHash = `$scrypt$ln=15,r=8,p=3$${'s'.repeat(22)}$${'d'.repeat(43)}`;
const accounts: Accounts = {
  version: 1,
  users: [{ ...holder, groups: [...holder.groups], passwordHash, changedAtMs: 0 }],
  tokens: [{ ...holder, groups: 'all', sha256: 'a'.repeat(64), createdAtMs: 0, expiresAtMs: 1 }],
};

function problemOf(change: Partial<Record<'users' | 'tokens' | 'version' | 'more', unknown>>) {
  const read = parseAccounts(JSON.stringify({ ...accounts, ...change }));
  return read.ok ? undefined : read.problem;
}

describe("a users' file", () => {
  it('is read as it was written', () => {
    expect(parseAccounts(JSON.stringify(accounts))).toEqual({ ok: true, accounts });
  });

  it('is refused with a word on where it is wrong', () => {
    const [user] = accounts.users;
    const [token] = accounts.tokens;
    expect(problemOf({ version: 2 })).toContain('/version');
    expect(problemOf({ more: 1 })).toContain('additional properties');
    expect(problemOf({ users: [user, user] })).toBe('/users/1/name stands there twice');
    expect(problemOf({ users: [{ ...user, role: 'owner' }] })).toContain('/users/0/role');
    expect(problemOf({ users: [{ ...user, name: 'a\nb' }] })).toContain('/users/0/name');
    expect(problemOf({ users: [{ ...user, groups: ['a*'] }] })).toContain('/users/0/groups');
    expect(problemOf({ users: [{ ...user, role: 'admin', groups: ['a'] }] })).toContain('admin');
    expect(problemOf({ tokens: [{ ...token, sha256: 'ab' }] })).toContain('/tokens/0/sha256');
  });

  it('is never quoted where it is refused', () => {
    const [user] = accounts.users;
    const wrong = problemOf({ users: [{ ...user, passwordHash: 'hush' }] });
    expect(wrong).toContain('/users/0/passwordHash');
    expect(wrong).not.toContain('hush');
    expect(parseAccounts('{"users": hush}')).toEqual({ ok: false, problem: 'is not JSON' });
  });
});
