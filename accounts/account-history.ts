import { isDeepStrictEqual } from 'node:util';
import { Type, type Static } from 'typebox';
import type { Accounts, ApiToken, User } from './accounts.js';
import { shapeCheck } from './shape-check.js';

/** As many changes are kept, the latest. */
export const accountChangesMax = 1_000;

const Told = Type.Union([Type.String(), Type.Array(Type.String()), Type.Null()]);

/** Who changed a user or a token, when and what; no password, hash or digest is in it. */
export const AccountChange = Type.Object(
  {
    atMs: Type.Integer({ description: 'Unix ms' }),
    actor: Type.String({ description: 'such as user:ann, or the account of who ran vba-admin' }),
    kind: Type.Unsafe<'user' | 'token'>({ type: 'string', enum: ['user', 'token'] }),
    name: Type.String(),
    action: Type.Unsafe<'added' | 'changed' | 'removed'>({
      type: 'string',
      enum: ['added', 'changed', 'removed'],
    }),
    changes: Type.Array(Type.Object({ field: Type.String(), before: Told, after: Told }), {
      description: 'role, groups, password (only that it is set) and when a token ends',
    }),
  },
  { title: 'AccountChange' },
);
export type AccountChange = Static<typeof AccountChange>;
type Told = Static<typeof Told>;

const History = Type.Object({ version: Type.Literal(1), changes: Type.Array(AccountChange) });
const historyCheck = shapeCheck(History);

/** The changes that a history's file holds, the latest last; undefined when it is none. */
export function parseHistory(text: string): readonly AccountChange[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return historyCheck()(value) ? value.changes : undefined;
  } catch {
    return undefined;
  }
}

export function historyText(changes: readonly AccountChange[]): string {
  const kept = changes.slice(-accountChangesMax);
  return `${JSON.stringify({ version: 1, changes: kept })}\n`;
}

/** What was changed from `before` to `after`, by whom and when. */
export function accountChanges(
  before: Accounts,
  after: Accounts,
  by: Pick<AccountChange, 'actor' | 'atMs'>,
): AccountChange[] {
  return [
    ...changesOf('user', before.users.map(userFacts), after.users.map(userFacts)),
    ...changesOf('token', before.tokens.map(tokenFacts), after.tokens.map(tokenFacts)),
  ].map((change) => ({ ...by, ...change }));
}

/** What is told of a user or a token, by field; a secret is compared and never told. */
interface Facts {
  readonly name: string;
  readonly told: Readonly<Record<string, string | string[]>>;
  readonly secret: string;
}

function userFacts({ name, role, groups, passwordHash }: User): Facts {
  return { name, told: { role, groups }, secret: passwordHash };
}

function tokenFacts({ name, role, groups, expiresAtMs, sha256 }: ApiToken): Facts {
  const ends = new Date(expiresAtMs).toISOString();
  return { name, told: { role, groups, ends }, secret: sha256 };
}

type Change = Omit<AccountChange, 'actor' | 'atMs'>;

function changesOf(
  kind: AccountChange['kind'],
  before: readonly Facts[],
  after: readonly Facts[],
): Change[] {
  const were = new Map(before.map((one) => [one.name, one]));
  const are = new Map(after.map((one) => [one.name, one]));
  return [...new Set([...were.keys(), ...are.keys()])].flatMap((name): Change[] => {
    const was = were.get(name);
    const is = are.get(name);
    const changes = fieldsOf(was, is);
    if (changes.length === 0) return [];
    if (was === undefined) return [{ kind, name, action: 'added', changes }];
    return [{ kind, name, action: is === undefined ? 'removed' : 'changed', changes }];
  });
}

function fieldsOf(was: Facts | undefined, is: Facts | undefined): AccountChange['changes'] {
  const fields = Object.keys((is ?? was)?.told ?? {}).flatMap((field) => {
    const before: Told = was?.told[field] ?? null;
    const after: Told = is?.told[field] ?? null;
    return isDeepStrictEqual(before, after) ? [] : [{ field, before, after }];
  });
  const isSecretNew = was !== undefined && is !== undefined && was.secret !== is.secret;
  return isSecretNew ? [...fields, { field: 'password', before: null, after: 'set' }] : fields;
}
