import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import {
  fastify,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyRequest,
} from 'fastify';
import type { SeenMember } from '../registry/index.js';
import type { Logger } from '../service/logs.js';
import { Access } from './access.js';
import type { Actor, Role } from './actor.js';
import type { LiveFigures } from './metrics/live-figures.js';
import type { MetricsReader } from './metrics/metrics-reader.js';
import { portalLimits } from './limits.js';
import { answerProblem, notFound, problem, problemOf } from './problems.js';
import { facetRoutes } from './routes/facets.js';
import { healthRoutes } from './routes/health.js';
import { holdbackRoutes } from './routes/holdback.js';
import { liveRoutes } from './routes/live.js';
import { memberRoutes } from './routes/members.js';
import { metricRoutes } from './routes/metrics.js';
import { nowRoutes } from './routes/now.js';
import { sessionRoutes } from './routes/session.js';
import { streamRoutes } from './routes/streams.js';
import { systemRoutes, type SystemLogs } from './routes/system.js';
import { webPage } from './routes/web-page.js';
import { SessionCookies } from './session-cookie.js';
import type { StreamCatalog } from './stream-catalog.js';
import { requestValidator } from './validator.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls the API; set before any handler of a route that needs it runs. */
    actor: Actor;
  }
  interface FastifyContextConfig {
    /** Who may call the route. */
    role?: Role | 'anybody';
  }
}

export interface PortalServerOptions {
  readonly catalog: StreamCatalog;
  readonly members: () => readonly SeenMember[];
  readonly metrics: MetricsReader;
  readonly live: LiveFigures;
  readonly logs: SystemLogs;
  readonly registryBehind: () => Promise<number>;
  readonly token: string;
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
  const { token, logger, now, publicUrl } = options;
  const isSecure = publicUrl.startsWith('https:');
  const cookieName = isSecure ? '__Host-viblast_session' : 'viblast_session';
  const cookies = new SessionCookies(token);
  const app = fastify({
    bodyLimit: portalLimits.bodyBytesMax,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    // A key of 100 characters, each of them encoded.
    routerOptions: { maxParamLength: 300 },
    // A path that is no encoded text reaches no route, and not the handlers below.
    frameworkErrors: (error, _request, reply) => {
      answerProblem(reply, problemOf(error) ?? problem(400, 'bad_request', error.message));
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(requestValidator());
  app.removeContentTypeParser('text/plain');
  app.setNotFoundHandler(notFound);
  app.setErrorHandler((error, request, reply) => {
    const known = problemOf(error);
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
  await app.register(swagger, { openapi: openApi(options.version, cookieName) });
  const publicOrigin = publicUrl === '' ? undefined : new URL(publicUrl).origin;
  const access = new Access(app, { token, cookies, cookieName, publicOrigin, now });
  app.decorateRequest('actor');

  await app.register(
    async (api) => {
      const { sessionMs } = options;
      api.addHook('onSend', async (_request, reply) => {
        if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
      });
      await api.register(sessionRoutes({ access, cookies, cookieName, isSecure, sessionMs, now }));
      await api.register(async (inner) => {
        inner.addHook('onRequest', async (request: FastifyRequest) => {
          request.actor = await access.authenticate(request);
        });
        await inner.register(streamRoutes(options.catalog));
        await inner.register(figureRoutes(options, access));
        await inner.register(memberRoutes(options.members));
        await inner.register(healthRoutes(options));
        inner.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
      });
    },
    { prefix: '/api/v1' },
  );
  await app.register(webPage(options.webFolder));
  await app.ready();
  return app;
}

/** What there is to be seen of streams and of the system. */
function figureRoutes(options: PortalServerOptions, access: Access): FastifyPluginAsync {
  const { intervalMs } = options.metrics;
  const authenticate = (request: FastifyRequest): Promise<Actor> => access.authenticate(request);
  return async (app) => {
    await app.register(metricRoutes(options));
    await app.register(facetRoutes(options));
    await app.register(holdbackRoutes(options));
    await app.register(nowRoutes({ ...options, intervalMs }));
    await app.register(liveRoutes({ ...options, intervalMs, authenticate }));
    await app.register(systemRoutes(options));
  };
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

type OpenApi = NonNullable<FastifyDynamicSwaggerOptions['openapi']>;

function openApi(version: string, cookieName: string): OpenApi {
  return {
    openapi: '3.1.0',
    info: { title: 'Viblast portal', version },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: cookieName },
      },
    },
    security: [{ token: [] }, { session: [] }],
  };
}
