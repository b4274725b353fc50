import type { FastifyPluginCallback } from 'fastify';
import { docsPage, docsStyle, type DescribedApi } from '../docs-page.js';

/** The API's description for people, made of the one for programs. */
export function docsRoutes(described: () => DescribedApi): FastifyPluginCallback {
  const options = { config: { role: 'viewer' }, schema: { hide: true } } as const;
  return (app, _options, done) => {
    app.get('/api/docs', options, (_request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(docsPage(described())),
    );
    app.get('/api/docs.css', options, (_request, reply) =>
      reply.type('text/css; charset=utf-8').send(docsStyle),
    );
    done();
  };
}
