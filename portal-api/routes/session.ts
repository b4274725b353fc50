import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { accountLimits } from '../../accounts/index.js';
import type { Access, Caller } from '../access.js';
import { Problem } from '../problems.js';
import { SessionAnswer } from './account-shapes.js';

const closed = { additionalProperties: false };

const Credentials = Type.Union([
  Type.Object(
    { token: Type.String({ maxLength: 512, description: "the portal's own, or an API token" }) },
    closed,
  ),
  Type.Object(
    {
      user: Type.String({ maxLength: 64 }),
      password: Type.String({ maxLength: accountLimits.passwordLengthMax }),
    },
    closed,
  ),
]);

function sessionAnswer({ actor, untilMs }: Caller): SessionAnswer {
  const { name, role, groups } = actor;
  return { name, role, groups: groups === 'all' ? null : [...groups], untilMs };
}

/** How the page gets in: it shows a password or a token once, for a cookie that no script reads. */
export function sessionRoutes(access: Access): FastifyPluginCallbackTypebox {
  const tags = ['session'];
  return (app, _options, done) => {
    app.get(
      '/session',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'Who asks, and what they may do',
          response: { 200: SessionAnswer, default: Problem },
        },
      },
      ({ actor, untilMs }) => sessionAnswer({ actor, untilMs }),
    );

    app.post(
      '/session',
      {
        config: { role: 'anybody' },
        schema: {
          tags,
          summary: 'Exchange a password or a token for a session cookie',
          body: Credentials,
          response: { 200: SessionAnswer, default: Problem },
        },
      },
      async (request, reply) => {
        access.checkOrigin(request, 'optional');
        const { body } = request;
        const identity =
          'token' in body
            ? access.byToken(request, body.token)
            : await access.byPassword(request, body.user, body.password);
        return sessionAnswer(access.beginSession(request, reply, identity));
      },
    );

    app.delete(
      '/session',
      {
        config: { role: 'anybody' },
        schema: {
          tags,
          summary: "End this browser's session",
          response: { 204: Type.Null(), default: Problem },
        },
      },
      (request, reply) => {
        access.endSession(request, reply);
        reply.code(204);
        return null;
      },
    );
    done();
  };
}
