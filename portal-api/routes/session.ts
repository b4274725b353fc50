import { randomBytes } from 'node:crypto';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Access } from '../access.js';
import { Problem } from '../problems.js';
import type { SessionCookies } from '../session-cookie.js';

export interface SessionRouteOptions {
  readonly access: Access;
  readonly cookies: SessionCookies;
  readonly cookieName: string;
  /** True: browsers are to send the cookie over TLS alone. */
  readonly isSecure: boolean;
  readonly sessionMs: number;
  readonly now: () => number;
}

/** How the page gets in: it gives the token once, for a cookie that no script can read. */
export function sessionRoutes(options: SessionRouteOptions): FastifyPluginCallbackTypebox {
  const { access, cookies, cookieName, isSecure, sessionMs, now } = options;
  const attributes = { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure } as const;
  const tags = ['session'];
  return (app, _options, done) => {
    app.post(
      '/session',
      {
        schema: {
          tags,
          summary: 'Exchange the token for a session cookie',
          security: [],
          body: Type.Object(
            { token: Type.String({ maxLength: 512 }) },
            { additionalProperties: false },
          ),
          response: { 200: Type.Object({ untilMs: Type.Integer() }), default: Problem },
        },
      },
      async (request, reply) => {
        access.checkOrigin(request, 'optional');
        await access.checkToken(request, request.body.token);
        const untilMs = now() + sessionMs;
        const value = cookies.make(untilMs, randomBytes(9).toString('base64url'));
        reply.setCookie(cookieName, value, { ...attributes, maxAge: sessionMs / 1_000 });
        return { untilMs };
      },
    );

    app.delete(
      '/session',
      {
        schema: {
          tags,
          summary: "Forget this browser's session",
          security: [],
          response: { 204: Type.Null(), default: Problem },
        },
      },
      (request, reply) => {
        access.checkOrigin(request, 'optional');
        reply.clearCookie(cookieName, attributes).code(204);
        return null;
      },
    );
    done();
  };
}
