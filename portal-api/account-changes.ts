import {
  accountLimits,
  accountNameRule,
  isAccountName,
  type Accounts,
  type AccountsChange,
  type ApiToken,
  type User,
} from '../accounts/index.js';
import { groupNameRule, isGroupName } from '../registry/index.js';
import { problem } from './problems.js';

type Holder = User | ApiToken;
type Kind = 'user' | 'token';

/** Puts what `change` makes of the accounts in their place; what it throws changes nothing. */
export type ChangeAccounts = (actor: string, change: AccountsChange) => Promise<void>;

/** The groups of a request: null stands for all streams. */
export function groupsGiven(groups: readonly string[] | null | undefined): User['groups'] {
  return groups === null || groups === undefined ? 'all' : [...groups];
}

/** The accounts with one user more. Throws a problem where that can't be. */
export function withUser(accounts: Accounts, user: User): Accounts {
  return { ...accounts, users: withNew('user', accounts.users, user) };
}

/** The accounts with the user of that name changed. Throws a problem where that can't be. */
export function withChangedUser(accounts: Accounts, name: string, change: Partial<User>): Accounts {
  requirePresent('user', accounts.users, name);
  const users = accounts.users.map((user) => {
    if (user.name !== name) return user;
    const changed = { ...user, ...change };
    checkHolder(changed);
    return changed;
  });
  return { ...accounts, users };
}

export function withoutUser(accounts: Accounts, name: string): Accounts {
  return { ...accounts, users: without('user', accounts.users, name) };
}

/** The accounts with one token more. Throws a problem where that can't be. */
export function withToken(accounts: Accounts, token: ApiToken): Accounts {
  return { ...accounts, tokens: withNew('token', accounts.tokens, token) };
}

export function withoutToken(accounts: Accounts, name: string): Accounts {
  return { ...accounts, tokens: without('token', accounts.tokens, name) };
}

function withNew<One extends Holder>(kind: Kind, present: readonly One[], added: One): One[] {
  checkHolder(added);
  const { name } = added;
  if (present.some((one) => one.name === name)) {
    throw problem(409, 'exists', `there is a ${kind} ${name} already`, 'name');
  }
  const max = accountLimits[`${kind}sMax`];
  if (present.length >= max) throw problem(409, 'quota', `there can be ${max} ${kind}s, no more`);
  return [...present, added];
}

function without<One extends Holder>(kind: Kind, present: readonly One[], name: string): One[] {
  requirePresent(kind, present, name);
  return present.filter((one) => one.name !== name);
}

function requirePresent(kind: Kind, present: readonly Holder[], name: string): void {
  if (present.some((one) => one.name === name)) return;
  throw problem(404, 'not_found', `there is no ${kind} ${name}`, 'name');
}

/** Throws a problem that names the field where a user or a token can't be so. */
function checkHolder({ name, role, groups }: Holder): void {
  if (!isAccountName(name)) {
    throw problem(400, 'invalid', `name: ${accountNameRule}`, 'name');
  }
  if (groups === 'all') return;
  if (role === 'admin') {
    throw problem(400, 'invalid', 'groups: an admin sees all streams', 'groups');
  }
  const wrong = groups.findIndex((group) => !isGroupName(group));
  if (wrong === -1) return;
  throw problem(400, 'invalid', `groups[${wrong}]: ${groupNameRule}`, 'groups');
}
