import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import {
  accountChangesMax,
  hashPassword,
  type AccountChange,
  type Accounts,
  type User,
} from '../../accounts/index.js';
import type { Logger } from '../../service/logs.js';
import { Turns } from '../../service/turns.js';
import {
  groupsGiven,
  withChangedUser,
  withoutUser,
  withUser,
  type ChangeAccounts,
} from '../account-changes.js';
import type { Actor } from '../actor.js';
import { portalLimits } from '../limits.js';
import { Problem, problem } from '../problems.js';
import {
  AccountHistory,
  NameParams,
  NewUser,
  UserAnswer,
  userAnswer,
  UserChange,
  UserList,
} from './account-shapes.js';
import { limitOf } from './page-shapes.js';

export interface AccountRouteOptions {
  readonly accounts: () => Accounts;
  readonly changeAccounts: ChangeAccounts;
  readonly accountHistory: () => Promise<readonly AccountChange[]>;
  /** Told of each change as well, by whom and of whom. */
  readonly logger: Logger;
  readonly now: () => number;
}

const tags = ['accounts'];
const config = { role: 'admin' } as const;
const entriesUsual = 50;

type TypedApp = Parameters<FastifyPluginCallbackTypebox>[0];

/** The portal's users, in the users' file; for admins. */
export function userRoutes(options: AccountRouteOptions): FastifyPluginCallbackTypebox {
  const inTurn = takingTurns();
  return (app, _options, done) => {
    app.get(
      '/users',
      {
        config,
        schema: {
          tags,
          summary: 'All users, by name',
          response: { 200: UserList, default: Problem },
        },
      },
      () => ({ users: options.accounts().users.map(userAnswer).sort(byName) }),
    );
    addCreate(app, options, inTurn);
    addChange(app, options, inTurn);
    addDelete(app, options);
    addHistory(app, options);
    done();
  };
}

type InTurn = (work: () => Promise<void>) => Promise<void>;

function addCreate(app: TypedApp, options: AccountRouteOptions, inTurn: InTurn): void {
  const { changeAccounts, logger, now } = options;
  app.post(
    '/users',
    {
      config,
      schema: {
        tags,
        summary: 'Add a user',
        body: NewUser,
        response: { 201: UserAnswer, 409: Problem, 503: Problem, default: Problem },
      },
    },
    async ({ actor, body }, reply) => {
      const { name, role, groups, password } = body;
      const user = { name, role, groups: groupsGiven(groups), changedAtMs: now() };
      await inTurn(() =>
        changeAccounts(actor.name, async (accounts) => {
          // What is refused costs no hash.
          withUser(accounts, { ...user, passwordHash: '' });
          return withUser(accounts, { ...user, passwordHash: await hashPassword(password) });
        }),
      );
      logger.info({ actor: actor.name, user: name, role, groups: user.groups }, 'user added');
      return reply.code(201).send(userAnswer(user));
    },
  );
}

function addChange(app: TypedApp, options: AccountRouteOptions, inTurn: InTurn): void {
  const { accounts, changeAccounts, logger, now } = options;
  app.patch(
    '/users/:name',
    {
      config,
      schema: {
        tags,
        summary: 'Change what a user may do, or the password, which ends all their sessions',
        params: NameParams,
        body: UserChange,
        response: { 200: UserAnswer, 409: Problem, 503: Problem, default: Problem },
      },
    },
    async ({ actor, params: { name }, body: { role, groups, password } }) => {
      if (role !== undefined && role !== 'admin') refuseOwn(actor, name);
      const change: Partial<User> = {
        ...(role === undefined ? {} : { role }),
        ...(groups === undefined ? {} : { groups: groupsGiven(groups) }),
      };
      await inTurn(() =>
        changeAccounts(actor.name, async (present) => {
          const changed = withChangedUser(present, name, change);
          if (password === undefined) return changed;
          const passwordHash = await hashPassword(password);
          return withChangedUser(changed, name, { passwordHash, changedAtMs: now() });
        }),
      );
      const hasPassword = password !== undefined;
      logger.info({ actor: actor.name, user: name, role, groups, hasPassword }, 'user changed');
      const user = accounts().users.find((one) => one.name === name);
      if (user === undefined) throw problem(404, 'not_found', `there is no user ${name}`, 'name');
      return userAnswer(user);
    },
  );
}

function addDelete(app: TypedApp, { changeAccounts, logger }: AccountRouteOptions): void {
  app.delete(
    '/users/:name',
    {
      config,
      schema: {
        tags,
        summary: 'Remove a user, and end all their sessions',
        params: NameParams,
        response: { 204: Type.Null(), 409: Problem, 503: Problem, default: Problem },
      },
    },
    async ({ actor, params: { name } }, reply) => {
      refuseOwn(actor, name);
      await changeAccounts(actor.name, (accounts) => withoutUser(accounts, name));
      logger.info({ actor: actor.name, user: name }, 'user removed');
      reply.code(204);
      return null;
    },
  );
}

function addHistory(app: TypedApp, { accountHistory }: AccountRouteOptions): void {
  app.get(
    '/account-history',
    {
      config,
      schema: {
        tags,
        summary: 'Who changed which user or token, and when: the newest first',
        description: `The latest ${accountChangesMax} are held.`,
        querystring: Type.Object({ limit: limitOf(entriesUsual, accountChangesMax) }),
        response: { 200: AccountHistory, 503: Problem, default: Problem },
      },
    },
    async ({ query: { limit = entriesUsual } }) => ({
      entries: (await accountHistory()).slice(-limit).toReversed(),
    }),
  );
}

/** Whoever would shut themselves out by a slip finds another admin to do it. */
function refuseOwn(actor: Actor, name: string): void {
  if (actor.name !== `user:${name}`) return;
  throw problem(409, 'own_account', 'nobody removes themselves, or takes their own role away');
}

/** One after the other: a hash takes a core for a while. Rejects with a problem when busy. */
function takingTurns(): InTurn {
  const turns = new Turns(1, portalLimits.passwordsWaitingMax);
  return async (work) => {
    const end = await turns.begin();
    if (end === undefined) {
      throw problem(503, 'sign_in_busy', 'too many users are being changed: try again');
    }
    try {
      await work();
    } finally {
      end();
    }
  };
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}
