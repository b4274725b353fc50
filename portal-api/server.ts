import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { AccountChange, Accounts } from '../accounts/index.js';
import type { SeenMember } from '../registry/index.js';
import type { Logger } from '../service/logs.js';
import { Access } from './access.js';
import type { ChangeAccounts } from './account-changes.js';
import type { Actor, Role } from './actor.js';
import type { LiveFigures } from './metrics/live-figures.js';
import type { MetricsReader } from './metrics/metrics-reader.js';
import { KnownIdentities } from './identities.js';
import { answerClientError } from './client-errors.js';
import { portalLimits } from './limits.js';
import { named } from './named-plugin.js';
import { openApiOptions } from './open-api.js';
import { answerProblem, problem, problemOf } from './problems.js';
import { RouteTable } from './route-table.js';
import { apiTokenRoutes } from './routes/api-tokens.js';
import { docsRoutes } from './routes/docs.js';
import { facetRoutes } from './routes/facets.js';
import { healthRoutes } from './routes/health.js';
import { holdbackRoutes } from './routes/holdback.js';
import { liveRoutes } from './routes/live.js';
import { memberRoutes } from './routes/members.js';
import { metricRoutes } from './routes/metrics.js';
import { nowRoutes } from './routes/now.js';
import { peakRoutes } from './routes/peak.js';
import { sessionRoutes } from './routes/session.js';
import { streamsApi, type StreamsApiOptions } from './routes/streams-api.js';
import { systemRoutes, type SystemLogs } from './routes/system.js';
import { userRoutes } from './routes/users.js';
import { nothingInPage, webPage } from './routes/web-page.js';
import { compileWhenUsed } from './schema-compilers.js';
import { Sessions } from './sessions.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls the API; set before any handler of a route that needs it runs. */
    actor: Actor;
    /** Till when the actor's session or token is good, Unix ms; null: it doesn't end. */
    untilMs: number | null;
  }
  interface FastifyContextConfig {
    /** Who may call the route. */
    role?: Role | 'anybody';
  }
}

export interface PortalServerOptions extends StreamsApiOptions {
  readonly members: () => readonly SeenMember[];
  readonly metrics: MetricsReader;
  readonly live: LiveFigures;
  readonly logs: SystemLogs;
  readonly registryBehind: () => Promise<number>;
  readonly token: string;
  /** Users and API tokens, as they are now. */
  readonly accounts: () => Accounts;
  /** Resolves once `accounts` has what was made of them. */
  readonly changeAccounts: ChangeAccounts;
  /** Who changed what of them, the latest last. */
  readonly accountHistory: () => Promise<readonly AccountChange[]>;
  readonly sessionMs: number;
  readonly requestsPerMinute: number;
  /** As browsers see the portal; empty: as each request says. */
  readonly publicUrl: string;
  readonly trustedProxies: readonly string[];
  /** The built page. */
  readonly webFolder: string;
  readonly version: string;
  readonly logger: Logger;
  readonly now: () => number;
  /** Told of every answer, for metrics; `route` is its pattern. */
  readonly onAnswer?: (
    answer: { readonly route: string; readonly method: string; readonly status: number },
    seconds: number,
  ) => void;
}

/** The portal's HTTP server, not listening yet. */
export async function buildServer(options: PortalServerOptions): Promise<FastifyInstance> {
  const { logger, publicUrl } = options;
  const routes = new RouteTable();
  const isSecure = publicUrl.startsWith('https:');
  const cookieName = isSecure ? '__Host-viblast_session' : 'viblast_session';
  const app = fastify({
    bodyLimit: portalLimits.bodyBytesMax,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    clientErrorHandler: answerClientError,
    // A key of 100 characters, each of them encoded.
    routerOptions: { maxParamLength: 300 },
    // A path that is no encoded text reaches no route, and not the handlers below.
    frameworkErrors: (error, _request, reply) => {
      answerProblem(
        reply,
        problemOf(error, undefined) ?? problem(400, 'bad_request', error.message),
      );
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  compileWhenUsed(app, ['/api/v1/now']);
  app.removeContentTypeParser('text/plain');
  const answerInPage = nothingInPage(options.webFolder);
  app.setNotFoundHandler((request, reply) =>
    answerInPage(request, reply) ? reply : routes.answer(request, reply),
  );
  app.setErrorHandler((error, request, reply) => {
    const known = problemOf(error, actorOf(request));
    if (known !== undefined) return answerProblem(reply, known);
    const route = request.routeOptions.url;
    const stack = error instanceof Error ? error.stack : String(error);
    logger.error({ route, method: request.method, stack }, 'a request failed');
    return answerProblem(reply, problem(500, 'internal', 'something went wrong here'));
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'none';
    options.onAnswer?.({ route, method, status: reply.statusCode }, reply.elapsedTime / 1_000);
    done();
  });

  await app.register(helmet, { ...securityHeaders, hsts: isSecure });
  await app.register(cookie);
  await app.register(rateLimit, {
    max: options.requestsPerMinute,
    timeWindow: 60_000,
    cache: portalLimits.addressesMax,
  });
  await app.register(swagger, openApiOptions(options.version, cookieName, routes));
  const access = openAccess(options, isSecure, cookieName);
  guardRoutes(app, routes, access);
  const api = (scope: FastifyInstance): Promise<void> => addRoutes(scope, options, access);
  await app.register(named('api', api), { prefix: '/api/v1' });
  await app.register(
    named(
      'docs',
      docsRoutes(() => app.swagger()),
    ),
  );
  await app.register(named('web page', webPage(options.webFolder)));
  routes.requireRoles();
  await app.ready();
  return app;
}

/** Undefined before it is known who calls, and where anybody may. */
function actorOf({ actor }: Partial<Pick<FastifyRequest, 'actor'>>): Actor | undefined {
  return actor;
}

/** Has each route answer those alone whom it is for. */
function guardRoutes(app: FastifyInstance, routes: RouteTable, access: Access): void {
  app.decorateRequest('actor');
  app.decorateRequest('untilMs', null);
  app.addHook('onRoute', (route) => routes.add(route));
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) {
      // At once, whatever body comes with it.
      routes.answer(request, reply);
      return;
    }
    const role = request.routeOptions.config.role ?? 'admin';
    if (role !== 'anybody') {
      const { actor, untilMs } = access.admit(request, role);
      request.actor = actor;
      request.untilMs = untilMs;
    }
    done();
  });
}

async function addRoutes(
  api: FastifyInstance,
  options: PortalServerOptions,
  access: Access,
): Promise<void> {
  api.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  await api.register(named('session', sessionRoutes(access)));
  await api.register(named('users', userRoutes(options)));
  await api.register(named('API tokens', apiTokenRoutes(options)));
  await api.register(named('streams API', streamsApi(options)));
  const { intervalMs } = options.metrics;
  await api.register(named('metrics', metricRoutes(options)));
  await api.register(named('peak', peakRoutes(options)));
  await api.register(named('facets', facetRoutes(options)));
  await api.register(named('holdback', holdbackRoutes(options)));
  await api.register(named('now', nowRoutes({ ...options, intervalMs })));
  const live = liveRoutes({
    ...options,
    intervalMs,
    authenticate: (request) => access.callerStill(request).actor,
  });
  await api.register(named('live', live));
  await api.register(named('system', systemRoutes(options)));
  await api.register(named('members', memberRoutes(options.members)));
  await api.register(named('health', healthRoutes(options)));
  const hidden = { config: { role: 'viewer' }, schema: { hide: true } } as const;
  api.get('/openapi.json', hidden, () => api.swagger());
}

/** Who may come in, and as whom. */
function openAccess(
  { token, accounts, sessionMs, publicUrl, now }: PortalServerOptions,
  isSecure: boolean,
  cookieName: string,
): Access {
  const identities = new KnownIdentities({ token, accounts, now });
  const sessions = new Sessions({ secret: token, identities, sessionMs, now });
  const publicOrigin = publicUrl === '' ? undefined : new URL(publicUrl).origin;
  return new Access({ identities, sessions, cookieName, isSecure, publicOrigin, now });
}

const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' },
} as const;
