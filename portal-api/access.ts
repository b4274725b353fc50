import type { FastifyReply, FastifyRequest } from 'fastify';
import { isAllowed, type Actor, type Role } from './actor.js';
import { Attempts } from './attempts.js';
import { clientNetwork } from './client-network.js';
import type { Identities, Identity } from './identities.js';
import { portalLimits } from './limits.js';
import { problem, RequestProblem } from './problems.js';
import type { Session, Sessions } from './sessions.js';

export interface AccessOptions {
  readonly identities: Identities;
  readonly sessions: Sessions;
  readonly cookieName: string;
  /** True: browsers are to send the cookie over TLS alone. */
  readonly isSecure: boolean;
  /** The page's origin as browsers name it; undefined: the one that the request came to. */
  readonly publicOrigin: string | undefined;
  readonly now: () => number;
}

/** Who calls, and till when that is so, Unix ms; null: it doesn't end. */
export interface Caller {
  readonly actor: Actor;
  readonly untilMs: number | null;
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Of a page of ours, and of the address bar (Fetch Metadata Request Headers, W3C). */
const ownSites: ReadonlySet<string> = new Set(['same-origin', 'none']);

/** Decides who may call the API: a holder of a token, or a page with a session cookie. */
export class Access {
  readonly #byNetwork: Attempts;
  readonly #byUser: Attempts;

  constructor(private readonly options: AccessOptions) {
    const { now } = options;
    const keysMax = portalLimits.addressesMax;
    const { failuresPerMinute, userFailuresMax, userFailuresWindowMs } = portalLimits;
    const perMinute = { failedMax: failuresPerMinute, windowMs: 60_000 };
    this.#byNetwork = new Attempts({ ...perMinute, keysMax, now });
    const perUser = { failedMax: userFailuresMax, windowMs: userFailuresWindowMs };
    this.#byUser = new Attempts({ ...perUser, keysMax, now });
  }

  /** Who calls, if the role is enough. Throws a problem: 403 where it isn't, and as `caller`. */
  admit(request: FastifyRequest, needed: Role): Caller {
    const caller = this.caller(request);
    if (!isAllowed(caller.actor.role, needed)) {
      throw problem(403, 'forbidden', `this is for the role ${needed}`);
    }
    return caller;
  }

  /** Says who calls. Throws a problem: 401, 403 (another site's page) or 429. */
  caller(request: FastifyRequest): Caller {
    return this.#caller(request, (token) => this.byToken(request, token));
  }

  /** As `caller`, of a request that was admitted before: that it goes on is no attempt, no 429. */
  callerStill(request: FastifyRequest): Caller {
    return this.#caller(request, (token) => this.#ofToken(token));
  }

  #caller(request: FastifyRequest, identityOf: (token: string) => Identity): Caller {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
      const { actor, endsAtMs } = identityOf(token ?? '');
      return { actor, untilMs: Number.isFinite(endsAtMs) ? endsAtMs : null };
    }
    const session = this.#session(request);
    if (session === undefined) {
      throw problem(401, 'unauthenticated', 'a bearer token or a session is needed');
    }
    // SameSite=Strict keeps the cookie from other sites; this keeps it from the same site's other
    // ports and names.
    this.checkOrigin(request, safeMethods.has(request.method) ? 'optional' : 'required');
    return { actor: session.identity.actor, untilMs: session.untilMs };
  }

  /** Whose the token is. Throws a problem; a network that tried too often has to wait. */
  byToken(request: FastifyRequest, token: string): Identity {
    const network = clientNetwork(request.ip);
    waitIfAsked(this.#byNetwork.begin(network));
    const identity = this.#ofToken(token);
    this.#byNetwork.succeeded(network);
    return identity;
  }

  #ofToken(token: string): Identity {
    const identity = this.options.identities.byToken(token);
    if (identity === undefined) throw problem(401, 'wrong_token', 'the token is wrong');
    return identity;
  }

  /**
   * The user of this name and password. Rejects with a problem, the same and after the same time
   * whether there is such a user or not; a network, or a user, that failed too often has to wait.
   */
  async byPassword(request: FastifyRequest, user: string, password: string): Promise<Identity> {
    const network = clientNetwork(request.ip);
    waitIfAsked(this.#byNetwork.begin(network));
    waitIfAsked(this.#byUser.begin(user));
    const identity = await this.options.identities.byPassword(user, password);
    if (identity === undefined) {
      throw problem(401, 'wrong_password', 'the user or the password is wrong');
    }
    this.#byNetwork.succeeded(network);
    this.#byUser.succeeded(user);
    if (identity === 'busy') {
      throw problem(503, 'sign_in_busy', 'too many sign in at once: try again');
    }
    return identity;
  }

  /** Gives the browser a new session, in place of one that it may have had. */
  beginSession(request: FastifyRequest, reply: FastifyReply, identity: Identity): Caller {
    const before = this.#session(request);
    if (before !== undefined) this.options.sessions.end(before);
    const { cookie, untilMs } = this.options.sessions.begin(identity);
    const maxAge = Math.ceil((untilMs - this.options.now()) / 1_000);
    reply.setCookie(this.options.cookieName, cookie, { ...this.#attributes, maxAge });
    return { actor: identity.actor, untilMs };
  }

  /**
   * Ends the session that the request comes with, if any, and has the browser forget it. Throws a
   * problem when another site's page asks for it.
   */
  endSession(request: FastifyRequest, reply: FastifyReply): void {
    const session = this.#session(request);
    this.checkOrigin(request, session === undefined ? 'optional' : 'required');
    if (session !== undefined) this.options.sessions.end(session);
    reply.clearCookie(this.options.cookieName, this.#attributes);
  }

  /** Throws a problem when a browser says that another origin's page makes the request. */
  checkOrigin(request: FastifyRequest, presence: 'required' | 'optional'): void {
    const { origin, 'sec-fetch-site': site } = request.headers;
    if (typeof site === 'string' && !ownSites.has(site)) throw wrongOrigin();
    if (origin === undefined && presence === 'optional') return;
    const expected = this.options.publicOrigin ?? `${request.protocol}://${request.host}`;
    if (origin !== expected) throw wrongOrigin();
  }

  get #attributes() {
    const { isSecure } = this.options;
    return { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure } as const;
  }

  #session(request: FastifyRequest): Session | undefined {
    const cookie = request.cookies[this.options.cookieName];
    return cookie === undefined ? undefined : this.options.sessions.read(cookie);
  }
}

function wrongOrigin(): Error {
  return problem(403, 'wrong_origin', "not the portal's own page");
}

function waitIfAsked(waitMs: number | undefined): void {
  if (waitMs === undefined) return;
  const seconds = Math.ceil(waitMs / 1_000);
  const message = `too many failed attempts: wait ${seconds} s`;
  const headers = { 'retry-after': String(seconds) };
  throw new RequestProblem(429, { code: 'too_many_attempts', message }, headers);
}
