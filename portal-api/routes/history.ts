import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { registryLimits } from '../../registry/index.js';
import { cursorOf, readCursor } from '../cursors.js';
import { Problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { latestVisible, visibleHistory } from '../visible-history.js';
import { CursorQuery, limitOf } from './page-shapes.js';
import { noStream } from './seen-stream.js';
import { ChangesAnswer, ChangesQuery, HistoryAnswer } from './stream-shapes.js';
import { KeyParams, wrongCursor } from './streams.js';

const { latestChangesMax, historyMax } = registryLimits;
const entriesUsual = 50;
const tags = ['streams'];

/** Who changed a stream, or any, when and what, refused changes too. */
export function historyRoutes(catalog: StreamCatalog): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get(
      '/streams/:key/history',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: "A stream's changes, the newest first; of a deleted one to who sees all streams",
          params: KeyParams,
          querystring: Type.Object({ limit: limitOf(entriesUsual), ...CursorQuery }),
          response: { 200: HistoryAnswer, default: Problem },
        },
      },
      ({ actor, params: { key }, query: { limit = entriesUsual, cursor } }) => {
        const before = offsetOf(cursor);
        const entries = visibleHistory(catalog, actor, key);
        if (entries === undefined) throw noStream(key);
        return page(entries.filter(({ offset }) => offset < before).toReversed(), limit);
      },
    );

    app.get(
      '/history',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'The latest changes of all streams, the newest first',
          description:
            `The latest ${latestChangesMax} are held, of one stream its latest ${historyMax}. Who ` +
            'sees some groups is told of their streams; of deleted ones who sees all is.',
          querystring: ChangesQuery,
          response: { 200: ChangesAnswer, default: Problem },
        },
      },
      ({ actor, query: { limit = entriesUsual, cursor, ...search } }) => {
        const wish = { ...search, before: offsetOf(cursor) };
        return page(latestVisible(catalog, actor, { ...wish, limit: limit + 1 }), limit);
      },
    );
    done();
  };
}

/** The first of the entries, and where the next page begins. */
function page<Entry extends { readonly offset: number }>(entries: Entry[], limit: number) {
  const last = entries.length > limit ? entries[limit - 1] : undefined;
  return {
    entries: entries.slice(0, limit),
    nextCursor: last === undefined ? null : cursorOf([last.offset]),
  };
}

/** Before which offset a page begins. Throws a 400. */
function offsetOf(cursor: string | undefined): number {
  const before = cursor === undefined ? Infinity : readCursor(cursor)?.[0];
  if (typeof before !== 'number') throw wrongCursor();
  return before;
}
