import { Type, type Static } from 'typebox';
import {
  AccountChange,
  accountLimits,
  RoleName,
  type ApiToken,
  type User,
} from '../../accounts/index.js';
import { orNull } from './or-null.js';

const closed = { additionalProperties: false };
const groups = Type.Union(
  [Type.Array(Type.String(), { maxItems: accountLimits.groupsMax }), Type.Null()],
  { description: 'whose streams are seen; null: all, as an admin always does' },
);
const password = Type.String({
  minLength: accountLimits.passwordLengthMin,
  maxLength: accountLimits.passwordLengthMax,
});
const timeMs = (description: string) => Type.Integer({ description: `${description}, Unix ms` });

export const NameParams = Type.Object({ name: Type.String() });

export const UserAnswer = Type.Object(
  {
    name: Type.String(),
    role: RoleName,
    groups,
    passwordSetAtMs: timeMs('when the password was set'),
  },
  { title: 'User' },
);
export type UserAnswer = Static<typeof UserAnswer>;
export const UserList = Type.Object({ users: Type.Array(UserAnswer) });
export type UserList = Static<typeof UserList>;

export const NewUser = Type.Object(
  { name: Type.String(), role: RoleName, groups: Type.Optional(groups), password },
  closed,
);
export type NewUser = Static<typeof NewUser>;

export const UserChange = Type.Object(
  {
    role: Type.Optional(RoleName),
    groups: Type.Optional(groups),
    password: Type.Optional(password),
  },
  closed,
);
export type UserChange = Static<typeof UserChange>;

const tokenFields = {
  name: Type.String(),
  role: RoleName,
  groups,
  createdAtMs: timeMs('when it was made'),
  expiresAtMs: timeMs('when it ends by itself'),
};
export const TokenAnswer = Type.Object(tokenFields, { title: 'Token' });
export type TokenAnswer = Static<typeof TokenAnswer>;
export const TokenList = Type.Object({ tokens: Type.Array(TokenAnswer) });
export type TokenList = Static<typeof TokenList>;

export const MadeToken = Type.Object(
  { ...tokenFields, token: Type.String({ description: 'its text, which is told this once' }) },
  { title: 'MadeToken' },
);
export type MadeToken = Static<typeof MadeToken>;

export const NewToken = Type.Object(
  {
    name: Type.String({ description: 'what it is for, such as ci' }),
    role: RoleName,
    groups: Type.Optional(groups),
    days: Type.Integer({
      minimum: 1,
      maximum: accountLimits.tokenDaysMax,
      description: 'after which it ends',
    }),
  },
  closed,
);
export type NewToken = Static<typeof NewToken>;

export const AccountHistory = Type.Object({ entries: Type.Array(AccountChange) });
export type AccountHistory = Static<typeof AccountHistory>;

export const SessionAnswer = Type.Object(
  {
    name: Type.String({ description: 'as history has it, such as user:ann' }),
    role: RoleName,
    groups: Type.Union([Type.Array(Type.String()), Type.Null()], {
      description: 'whose streams are seen; null: all',
    }),
    untilMs: orNull(Type.Integer(), {
      description: 'when it ends, Unix ms; null: a token that does not',
    }),
  },
  { title: 'Session' },
);
export type SessionAnswer = Static<typeof SessionAnswer>;

/** A user as the API tells it, without the hash. */
export function userAnswer(user: Omit<User, 'passwordHash'>): UserAnswer {
  const { name, role, groups: seen, changedAtMs } = user;
  return { name, role, groups: groupsTold(seen), passwordSetAtMs: changedAtMs };
}

/** A token as the API tells it, without the digest. */
export function tokenAnswer(token: ApiToken): TokenAnswer {
  const { name, role, groups: seen, createdAtMs, expiresAtMs } = token;
  return { name, role, groups: groupsTold(seen), createdAtMs, expiresAtMs };
}

function groupsTold(seen: User['groups']): string[] | null {
  return seen === 'all' ? null : [...seen];
}
