import { fastify } from 'fastify';
import type { Actor } from '../actor.js';
import { named } from '../named-plugin.js';
import { answerProblem, problem, problemOf } from '../problems.js';
import { streamsApi } from '../routes/streams-api.js';
import { compileWhenUsed } from '../schema-compilers.js';
import type { StreamQuotasMax } from '../stream-quotas.js';
import { memoryCatalog, type MemoryCatalog } from './memory-catalog.js';

export const admin: Actor = { name: 'user:root', role: 'admin', groups: 'all' };

export interface StreamServer {
  readonly catalog: MemoryCatalog;
  nowMs: number;
  readonly call: (
    actor: Actor,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<{
    readonly status: number;
    readonly body: Readonly<Record<string, unknown>>;
  }>;
}

/** The routes of streams, called by whom the test says. */
export function streamServer(
  quotas: StreamQuotasMax = { streamsMax: 1_000, groupStreamsMax: 1_000 },
): StreamServer {
  let caller = admin;
  const app = fastify();
  compileWhenUsed(app);
  app.setErrorHandler((error, _request, reply) =>
    answerProblem(reply, problemOf(error, caller) ?? problem(500, 'internal', String(error))),
  );
  app.decorateRequest('actor');
  app.addHook('onRequest', (request, _reply, done) => {
    request.actor = caller;
    done();
  });
  const catalog = memoryCatalog(() => server.nowMs);
  app.register(named('streams API', streamsApi({ catalog, quotas, trackerUrl: '' })));
  const server: StreamServer = {
    catalog,
    nowMs: 1_800_000_000_000,
    call: async (actor, method, url, payload, headers = {}) => {
      await app.ready();
      caller = actor;
      const answer = await app.inject({
        method,
        url,
        headers,
        ...(payload === undefined ? {} : { payload }),
      });
      const body = answer.body === '' ? {} : answer.json<Readonly<Record<string, unknown>>>();
      return { status: answer.statusCode, body };
    },
  };
  return server;
}
