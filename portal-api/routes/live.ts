import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { sees, type Actor } from '../actor.js';
import { portalLimits } from '../limits.js';
import type { LiveFigures, NowFigures } from '../metrics/live-figures.js';
import { LiveFeed, type LiveClient } from '../metrics/live-feed.js';
import { Problem, problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { LiveQuery } from './metric-shapes.js';
import { rowOf, seenStreams, totalFor } from './now-rows.js';
import { seenStream } from './seen-stream.js';

const LiveEvent = Type.Object(
  { event: Type.Literal('now'), data: Type.String({ description: 'JSON' }) },
  { title: 'LiveEvent' },
);

export interface LiveRouteOptions {
  readonly catalog: StreamCatalog;
  readonly live: LiveFigures;
  readonly intervalMs: number;
  /** Says who calls, again: throws once the session is over. */
  readonly authenticate: (request: FastifyRequest) => Actor;
}

/** The latest minute of some streams, and each new one as it comes, as server-sent events. */
export function liveRoutes(options: LiveRouteOptions): FastifyPluginCallbackTypebox {
  const feed = new LiveFeed(options.live);
  return (app, _options, done) => {
    app.addHook('preClose', (closed) => {
      feed.close();
      closed();
    });
    app.get(
      '/live',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['metrics'],
          summary: 'Now-values of streams and of all, at once and with each new minute',
          description:
            'Events `now` of text/event-stream: `{intervalMs, times, total?, streams}`, each as of GET /now. Comments keep the connection. It ends with the session.',
          querystring: LiveQuery,
          response: {
            200: { content: { 'text/event-stream': { schema: LiveEvent } } },
            default: Problem,
          },
        },
      },
      (request, reply) => {
        const keys = askedKeys(request.query.streams);
        for (const key of keys) seenStream(options.catalog, request.actor, key);
        if (request.method === 'HEAD') {
          openEvents(reply).end();
          return;
        }
        const client = clientOf(options, request, reply, keys, request.query.total ?? false);
        if (!feed.add(client)) {
          throw problem(503, 'too_many_pages', 'too many pages are told of each minute');
        }
        const forget = (): void => feed.remove(client);
        openEvents(reply).on('close', forget).on('error', forget);
      },
    );
    done();
  };
}

/** Throws a problem where there are more than may be, or one is no encoded text. */
function askedKeys(list = ''): string[] {
  const parts = [...new Set(list.split(',').filter((part) => part !== ''))];
  const most = portalLimits.liveStreamsMax;
  if (parts.length > most) throw problem(400, 'invalid', `streams: more than ${most}`, 'streams');
  return parts.map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw problem(400, 'invalid', 'streams: not an encoded text', 'streams');
    }
  });
}

/** Answers that events follow; at once, since the first one waits for Graphite. */
function openEvents(reply: FastifyReply): FastifyReply['raw'] {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would keep events back.
    'x-accel-buffering': 'no',
  });
  reply.raw.flushHeaders();
  return reply.raw;
}

/** What a client was told last, and of what: as long as that stands, nothing is made anew. */
interface Told {
  readonly figures: NowFigures;
  readonly streams: ReturnType<StreamCatalog['streams']>;
  readonly groups: string;
  readonly data: string;
}

function clientOf(
  { catalog, intervalMs, authenticate }: LiveRouteOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  keys: readonly string[],
  withTotal: boolean,
): LiveClient {
  const newDataOf = (figures: NowFigures): string => {
    const { actor } = request;
    const streams = keys.flatMap((key) => {
      const stream = catalog.stream(key);
      const isSeen = stream !== undefined && sees(actor, stream);
      return isSeen ? [rowOf({ stream, values: figures.of(key) })] : [];
    });
    const seen = () => seenStreams(catalog, figures, actor, {});
    const total = withTotal ? { total: totalFor(figures, actor, undefined, seen) } : {};
    return JSON.stringify({ intervalMs, times: figures.times, ...total, streams });
  };
  let told: Told | undefined;
  return {
    actor: request.actor.name,
    dataOf: (figures: NowFigures) => {
      const streams = catalog.streams();
      const groups = JSON.stringify(request.actor.groups);
      const isSame =
        told?.figures === figures && told.streams === streams && told.groups === groups;
      if (told === undefined || !isSame)
        told = { figures, streams, groups, data: newDataOf(figures) };
      return told.data;
    },
    write: (text) => void reply.raw.write(text),
    isBehind: () => reply.raw.writableNeedDrain,
    isStillIn: () => {
      try {
        request.actor = authenticate(request);
        return true;
      } catch {
        return false;
      }
    },
    end: () => void reply.raw.end(),
  };
}
