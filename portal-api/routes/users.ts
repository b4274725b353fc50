import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { hashPassword, type Accounts, type User } from '../../accounts/index.js';
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
  NameParams,
  NewUser,
  UserAnswer,
  userAnswer,
  UserChange,
  UserList,
} from './account-shapes.js';

export interface AccountRouteOptions {
  readonly accounts: () => Accounts;
  readonly changeAccounts: ChangeAccounts;
  /** Told of each change, by whom and of whom: the audit trail. */
  readonly logger: Logger;
  readonly now: () => number;
}

const tags = ['accounts'];
const config = { role: 'admin' } as const;

type TypedApp = Parameters<FastifyPluginCallbackTypebox>[0];

/** The portal's users, in the users' file; for admins. */
export function userRoutes(options: AccountRouteOptions): FastifyPluginCallbackTypebox {
  const hash = hashInTurn();
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
    addCreate(app, options, hash);
    addChange(app, options, hash);
    addDelete(app, options);
    done();
  };
}

type Hash = (password: string) => Promise<string>;

function addCreate(app: TypedApp, options: AccountRouteOptions, hash: Hash): void {
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
      const user: User = {
        name,
        role,
        groups: groupsGiven(groups),
        passwordHash: await hash(password),
        changedAtMs: now(),
      };
      await changeAccounts((accounts) => withUser(accounts, user));
      logger.info({ actor: actor.name, user: name, role, groups: user.groups }, 'user added');
      return reply.code(201).send(userAnswer(user));
    },
  );
}

function addChange(app: TypedApp, options: AccountRouteOptions, hash: Hash): void {
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
        ...(password === undefined
          ? {}
          : { passwordHash: await hash(password), changedAtMs: now() }),
      };
      await changeAccounts((present) => withChangedUser(present, name, change));
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
      await changeAccounts((accounts) => withoutUser(accounts, name));
      logger.info({ actor: actor.name, user: name }, 'user removed');
      reply.code(204);
      return null;
    },
  );
}

/** Whoever would shut themselves out by a slip finds another admin to do it. */
function refuseOwn(actor: Actor, name: string): void {
  if (actor.name !== `user:${name}`) return;
  throw problem(409, 'own_account', 'nobody removes themselves, or takes their own role away');
}

/** Hashes one after the other: each takes a core for a while. Rejects with a problem when busy. */
function hashInTurn(): Hash {
  const turns = new Turns(1, portalLimits.passwordsWaitingMax);
  return async (password) => {
    const end = await turns.begin();
    if (end === undefined) {
      throw problem(503, 'sign_in_busy', 'too many passwords are being set: try again');
    }
    try {
      return await hashPassword(password);
    } finally {
      end();
    }
  };
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}
