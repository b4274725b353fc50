import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';

const yearSeconds = 31_536_000;

/** Where the page has views of its own, beside `/`. */
const pagePaths = [
  '/new',
  '/total',
  '/compare',
  '/history',
  '/system',
  '/users',
  '/tokens',
  '/import',
  '/groups/*',
  '/streams/*',
] as const;

/**
 * Serves the page as `vite build` made it. It holds no data and needs no session: what it asks for
 * does.
 */
export function webPage(folder: string): FastifyPluginAsync {
  return async (app) => {
    app.addHook('onRoute', (route) => {
      route.config = { ...route.config, role: 'anybody' };
    });
    if (!existsSync(join(folder, 'index.html'))) {
      app.get('/', { schema: { hide: true } }, (_request, reply) =>
        reply
          .code(503)
          .type('text/plain')
          .send('The page is not built: run "npm run build:web".\n'),
      );
      return;
    }
    await app.register(fastifyStatic, {
      root: folder,
      cacheControl: false,
      dotfiles: 'ignore',
      setHeaders: (response, path) => {
        // Names of assets have their content's hash in them; the page itself names the assets.
        const isHashed = path.includes('/assets/');
        response.setHeader(
          'cache-control',
          isHashed ? `public, max-age=${yearSeconds}, immutable` : 'no-cache',
        );
      },
    });
    // What the address asks for is the page's to find out.
    for (const path of pagePaths) {
      app.get(path, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'));
    }
  };
}
