import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { groupsOf } from '../../registry/index.js';
import { Problem } from '../problems.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { GroupList } from './stream-shapes.js';

/** The groups of streams that an actor sees: the own ones, or all that streams are of. */
export function groupRoutes(catalog: StreamCatalog): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get(
      '/groups',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['streams'],
          summary: 'Groups of streams, by name',
          response: { 200: GroupList, default: Problem },
        },
      },
      ({ actor }) => {
        const own = actor.groups;
        const counts = new Map(own === 'all' ? [] : own.map((name) => [name, 0]));
        for (const { isArchived, options } of catalog.streams()) {
          for (const name of groupsOf(options)) {
            if (own !== 'all' && !own.includes(name)) continue;
            counts.set(name, (counts.get(name) ?? 0) + (isArchived ? 0 : 1));
          }
        }
        const groups = Array.from(counts, ([name, streams]) => ({ name, streams }));
        return { groups: groups.sort((left, right) => (left.name < right.name ? -1 : 1)) };
      },
    );
    done();
  };
}
