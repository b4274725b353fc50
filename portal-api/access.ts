import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor } from './actor.js';
import { portalLimits } from './limits.js';
import { problem } from './problems.js';
import { isSameSecret, type SessionCookies } from './session-cookie.js';

export interface AccessOptions {
  readonly token: string;
  readonly cookies: SessionCookies;
  readonly cookieName: string;
  /** The page's origin as browsers name it; undefined: the one that the request came to. */
  readonly publicOrigin: string | undefined;
  readonly now: () => number;
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Decides who may call the API: a holder of the token, or a page with a session cookie. */
export class Access {
  readonly #options: AccessOptions;
  readonly #countWrongToken: ReturnType<FastifyInstance['createRateLimit']>;

  /** `app` must have @fastify/rate-limit and @fastify/cookie. */
  constructor(app: FastifyInstance, options: AccessOptions) {
    this.#options = options;
    this.#countWrongToken = app.createRateLimit({
      max: portalLimits.wrongTokensPerMinute,
      timeWindow: 60_000,
      keyGenerator: (request) => `wrong-token ${request.ip}`,
    });
  }

  /** Says who calls. Throws a problem: 401, 403 (another site's page) or 429. */
  async authenticate(request: FastifyRequest): Promise<Actor> {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
      await this.checkToken(request, token ?? '');
      return { name: 'api-token', role: 'admin', groups: 'all' };
    }
    const { cookies, cookieName, now } = this.#options;
    const cookie = request.cookies[cookieName];
    if (cookie === undefined || !cookies.isValid(cookie, now())) {
      throw problem(401, 'unauthenticated', 'a bearer token or a session is needed');
    }
    // SameSite=Strict keeps the cookie from other sites; this keeps it from the same site's other
    // ports and names.
    if (!safeMethods.has(request.method)) this.checkOrigin(request, 'required');
    return { name: 'page', role: 'admin', groups: 'all' };
  }

  /**
   * Throws a problem unless it is the portal's token; an address that tried too often must wait.
   */
  async checkToken(request: FastifyRequest, token: string): Promise<void> {
    const before = await this.#countWrongToken(request, { increment: false });
    if (!before.isAllowed && before.isExceeded) {
      throw problem(
        429,
        'too_many_attempts',
        `too many wrong tokens: wait ${before.ttlInSeconds} s`,
      );
    }
    if (isSameSecret(token, this.#options.token)) return;
    await this.#countWrongToken(request);
    throw problem(401, 'wrong_token', 'the token is wrong');
  }

  /** Throws a problem when a browser says that another origin's page makes the request. */
  checkOrigin(request: FastifyRequest, presence: 'required' | 'optional'): void {
    const { origin } = request.headers;
    if (origin === undefined && presence === 'optional') return;
    const expected = this.#options.publicOrigin ?? `${request.protocol}://${request.host}`;
    if (origin !== expected) throw problem(403, 'wrong_origin', "not the portal's own page");
  }
}
