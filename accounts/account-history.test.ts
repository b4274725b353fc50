import { describe, expect, it } from '@jest/globals';
import { accountChanges } from './account-history.js';
import type { Accounts, User } from './accounts.js';

const by = { actor: 'user:root', atMs: 1 };

function withGroups(groups: User['groups']): Accounts {
  const user = { name: 'ann', role: 'editor', passwordHash: 'hash', changedAtMs: 1 } as const;
  return { version: 1, users: [{ ...user, groups }], tokens: [] };
}

describe('the history of users and tokens', () => {
  it.each<[User['groups'], User['groups']]>([
    [['all'], 'all'],
    ['all', ['all']],
    [['a,b'], ['a', 'b']],
    [[''], []],
  ])('tells of groups that read alike: %j to %j', (before, after) => {
    expect(accountChanges(withGroups(before), withGroups(after), by)).toEqual([
      {
        ...by,
        kind: 'user',
        name: 'ann',
        action: 'changed',
        changes: [{ field: 'groups', before, after }],
      },
    ]);
  });

  it('tells nothing where nothing was changed', () => {
    expect(accountChanges(withGroups(['a']), withGroups(['a']), by)).toEqual([]);
  });
});
