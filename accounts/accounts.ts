import { Type, type Static } from 'typebox';
import { isGroupName } from '../registry/index.js';
import { isPasswordHash } from './password-hash.js';
import { shapeCheck } from './shape-check.js';

/** What somebody may do; each may do what those before it may. */
export const roles = ['viewer', 'editor', 'admin'] as const;
export type Role = (typeof roles)[number];
export const RoleName = Type.Unsafe<Role>({ type: 'string', enum: [...roles] });

/** Bounds of the file and of what is asked of people. */
export const accountLimits = {
  usersMax: 1_000,
  tokensMax: 1_000,
  groupsMax: 100,
  /** All of them at their bounds are below it. */
  fileBytesMax: 16 * 1_024 * 1_024,
  /** NIST SP 800-63B asks for 8 at least; there is no second factor here. */
  passwordLengthMin: 12,
  passwordLengthMax: 256,
  tokenDaysMax: 3_650,
} as const;

const nameShape = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

const closed = { additionalProperties: false };
const holder = {
  name: Type.String({ pattern: nameShape.source }),
  role: RoleName,
  groups: Type.Union([
    Type.Literal('all'),
    Type.Array(Type.String(), { maxItems: accountLimits.groupsMax }),
  ]),
};

const User = Type.Object(
  { ...holder, passwordHash: Type.String(), changedAtMs: Type.Integer({ minimum: 0 }) },
  closed,
);
/** Somebody who signs in with a password. `groups`: those whose streams are seen. */
export type User = Static<typeof User>;

const ApiToken = Type.Object(
  {
    ...holder,
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    createdAtMs: Type.Integer({ minimum: 0 }),
    expiresAtMs: Type.Integer({ minimum: 0 }),
  },
  closed,
);
/** What a program shows; its text stands nowhere, its digest does. */
export type ApiToken = Static<typeof ApiToken>;

const Accounts = Type.Object(
  {
    version: Type.Literal(1),
    users: Type.Array(User, { maxItems: accountLimits.usersMax }),
    tokens: Type.Array(ApiToken, { maxItems: accountLimits.tokensMax }),
  },
  closed,
);
/** All that a users' file holds. */
export type Accounts = Static<typeof Accounts>;

export const noAccounts: Accounts = { version: 1, users: [], tokens: [] };

const accountsCheck = shapeCheck(Accounts);

/** What `isAccountName` asks for, in words. */
export const accountNameRule = '1 to 64 letters, digits or . _ @ -, the first a letter or a digit';

/** True: a user or a token can be named so. */
export function isAccountName(text: string): boolean {
  return nameShape.test(text);
}

export type ReadAccounts =
  | { readonly ok: true; readonly accounts: Accounts }
  | { readonly ok: false; readonly problem: string };

/** Reads a users' file; `problem` says where it is wrong, never what stands there. */
export function parseAccounts(text: string): ReadAccounts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What JSON.parse says quotes the text, and hashes stand in it.
    return { ok: false, problem: 'is not JSON' };
  }
  const hasShape = accountsCheck();
  if (!hasShape(value)) {
    const [first] = hasShape.errors ?? [];
    return { ok: false, problem: `${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}` };
  }
  const problem = accountsError(value);
  return problem === undefined ? { ok: true, accounts: value } : { ok: false, problem };
}

/** Names the first rule that the accounts break; undefined when all hold. */
export function accountsError({ users, tokens }: Accounts): string | undefined {
  if (users.length > accountLimits.usersMax) return `more than ${accountLimits.usersMax} users`;
  if (tokens.length > accountLimits.tokensMax) return `more than ${accountLimits.tokensMax} tokens`;
  const unreadable = users.findIndex(({ passwordHash }) => !isPasswordHash(passwordHash));
  if (unreadable !== -1) return `/users/${unreadable}/passwordHash is no hash of scrypt`;
  return holdersError('users', users) ?? holdersError('tokens', tokens);
}

function holdersError(at: string, holders: readonly (User | ApiToken)[]): string | undefined {
  const names = new Set<string>();
  for (const [index, { name, role, groups }] of holders.entries()) {
    if (names.has(name)) return `/${at}/${index}/name stands there twice`;
    names.add(name);
    if (groups === 'all') continue;
    if (role === 'admin') return `/${at}/${index}/groups: an admin sees all streams`;
    if (!groups.every(isGroupName)) return `/${at}/${index}/groups has what is no group's name`;
  }
  return undefined;
}
