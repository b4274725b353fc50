import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';

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
 * Answers where nothing is with the page, which says so, to who reads pages: true. False: it was
 * asked for something else, or the page isn't built.
 */
export function nothingInPage(folder: string) {
  const index = join(folder, 'index.html');
  const page = existsSync(index) ? readFileSync(index) : undefined;
  return (request: FastifyRequest, reply: FastifyReply): boolean => {
    const { method, url, headers } = request;
    const isOfPage = !/^\/(api|assets)\//.test(url) && ['GET', 'HEAD'].includes(method);
    if (page === undefined || !isOfPage || headers.accept?.includes('text/html') !== true)
      return false;
    void reply
      .code(404)
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(page);
    return true;
  };
}

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
