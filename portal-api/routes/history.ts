import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Actor } from '../actor.js';
import { cursorOf, readCursor } from '../cursors.js';
import { Problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { sinceCreation, toldHistory, type ToldEntry } from '../stream-history.js';
import { CursorQuery, limitOf } from './page-shapes.js';
import { seenStream } from './seen-stream.js';
import { HistoryAnswer } from './stream-shapes.js';
import { KeyParams, wrongCursor } from './streams.js';

/** Who changed a stream, when and what, refused changes too. */
export function historyRoutes(catalog: StreamCatalog): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get(
      '/streams/:key/history',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['streams'],
          summary: "A stream's changes, the newest first; of a deleted one to who sees all streams",
          params: KeyParams,
          querystring: Type.Object({ limit: limitOf(50), ...CursorQuery }),
          response: { 200: HistoryAnswer, default: Problem },
        },
      },
      ({ actor, params, query }) => {
        const { limit = 50, cursor } = query;
        const before = cursor === undefined ? Infinity : readCursor(cursor)?.[0];
        if (typeof before !== 'number') throw wrongCursor();
        const entries = visibleHistory(catalog, actor, params.key)
          .filter(({ offset }) => offset < before)
          .reverse();
        const page = entries.slice(0, limit);
        const last = entries.length > limit ? page.at(-1) : undefined;
        return { entries: page, nextCursor: last === undefined ? null : cursorOf([last.offset]) };
      },
    );
    done();
  };
}

/**
 * Who sees all streams is told of those too that had the key before; others, to whom those may not
 * have belonged, of the present one alone.
 */
function visibleHistory(catalog: StreamCatalog, actor: Actor, key: string): ToldEntry[] {
  const all = catalog.history(key);
  const hasAll = actor.groups === 'all' && all.length > 0;
  if (!hasAll) seenStream(catalog, actor, key);
  const told = toldHistory(all, (stream, tokenKey) => catalog.secretOf(stream, tokenKey));
  if (hasAll) return told;
  const [first] = sinceCreation(all);
  return told.filter(({ offset }) => first !== undefined && offset >= first.offset);
}
