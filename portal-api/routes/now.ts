import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { Actor } from '../actor.js';
import type { LiveFigures } from '../metrics/live-figures.js';
import { Problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { NowAnswer, NowQuery } from './metric-shapes.js';
import { orderOf, pageOf, seenStreams, totalFor } from './now-rows.js';

export interface NowRouteOptions {
  readonly catalog: StreamCatalog;
  readonly live: LiveFigures;
  readonly intervalMs: number;
}

/** The latest minute of streams, page by page. */
export function nowRoutes(options: NowRouteOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get(
      '/now',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['metrics'],
          summary: 'The latest minute of the streams that are asked for, and of all',
          querystring: NowQuery,
          response: { 200: NowAnswer, default: Problem },
        },
      },
      (request) => nowAnswer(options, request.actor, request.query),
    );
    done();
  };
}

async function nowAnswer(
  { catalog, live, intervalMs }: NowRouteOptions,
  actor: Actor,
  query: NowQuery,
): Promise<NowAnswer> {
  const figures = await live.now();
  const { rows, unread } = seenStreams(catalog, figures, actor, query, orderOf(query));
  const { group } = query;
  const total = totalFor(figures, actor, group, () =>
    seenStreams(catalog, figures, actor, group === undefined ? {} : query),
  );
  const { state, closedUntilMs, minuteAtMs } = total;
  const { streams, nextCursor } = pageOf(rows, query);
  return {
    intervalMs,
    state,
    closedUntilMs,
    lastMinuteAtMs: minuteAtMs,
    times: [...figures.times],
    total,
    streams,
    count: rows.length,
    unread,
    nextCursor,
  };
}
