import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { newApiToken, type ApiToken } from '../../accounts/index.js';
import { groupsGiven, withoutToken, withToken } from '../account-changes.js';
import { Problem } from '../problems.js';
import { MadeToken, NameParams, NewToken, tokenAnswer, TokenList } from './account-shapes.js';
import type { AccountRouteOptions } from './users.js';

const tags = ['accounts'];
const config = { role: 'admin' } as const;
const dayMs = 86_400_000;

/** The portal's API tokens, in the users' file; for admins. */
export function apiTokenRoutes(options: AccountRouteOptions): FastifyPluginCallbackTypebox {
  const { accounts, changeAccounts, logger, now } = options;
  return (app, _options, done) => {
    app.get(
      '/tokens',
      {
        config,
        schema: {
          tags,
          summary: 'All API tokens, the newest first, also those that have ended',
          response: { 200: TokenList, default: Problem },
        },
      },
      () => ({ tokens: accounts().tokens.toReversed().map(tokenAnswer) }),
    );

    app.post(
      '/tokens',
      {
        config,
        schema: {
          tags,
          summary: 'Make an API token; its text is told this once',
          body: NewToken,
          response: { 201: MadeToken, 409: Problem, 503: Problem, default: Problem },
        },
      },
      async ({ actor, body: { name, role, groups, days } }, reply) => {
        const { text, sha256 } = newApiToken();
        const createdAtMs = now();
        const expiresAtMs = createdAtMs + days * dayMs;
        const seen = groupsGiven(groups);
        const made: ApiToken = { name, role, groups: seen, sha256, createdAtMs, expiresAtMs };
        await changeAccounts(actor.name, (present) => withToken(present, made));
        logger.info({ actor: actor.name, token: name, role, groups: seen, days }, 'token made');
        return reply.code(201).send({ ...tokenAnswer(made), token: text });
      },
    );

    app.delete(
      '/tokens/:name',
      {
        config,
        schema: {
          tags,
          summary: 'Revoke an API token, and end the sessions that began with it',
          params: NameParams,
          response: { 204: Type.Null(), 409: Problem, 503: Problem, default: Problem },
        },
      },
      async ({ actor, params: { name } }, reply) => {
        await changeAccounts(actor.name, (present) => withoutToken(present, name));
        logger.info({ actor: actor.name, token: name }, 'token revoked');
        reply.code(204);
        return null;
      },
    );
    done();
  };
}
