import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { nothingInPage, webPage } from './web-page.js';

const folder = mkdtempSync(join(tmpdir(), 'viblast-page-'));
let app: FastifyInstance;

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<p>the page</p>');
  writeFileSync(join(folder, 'assets', 'index-abc.js'), 'script');
  app = fastify();
  await app.register(webPage(folder));
  const answerInPage = nothingInPage(folder);
  app.setNotFoundHandler((request, reply) =>
    answerInPage(request, reply) ? reply : reply.code(404).send('nothing'),
  );
  await app.ready();
});

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

describe("the page's addresses", () => {
  it.each([
    '/',
    '/new',
    '/total',
    '/compare?left=a',
    '/history?actor=a',
    '/system',
    '/users',
    '/tokens',
    '/import',
    '/groups/g',
    '/streams/a/settings',
  ])('%s has the page, asked for anew each time', async (path) => {
    const { statusCode, body, headers } = await app.inject(path);
    expect([statusCode, body, headers['cache-control']]).toEqual([
      200,
      '<p>the page</p>',
      'no-cache',
    ]);
  });

  it('are no others', async () => {
    for (const path of ['/nowhere', '/streams', '/assets/none.js', '/streams/../../etc/passwd']) {
      expect([path, (await app.inject(path)).statusCode]).toEqual([path, 404]);
    }
  });

  it('that lead nowhere have the page for who reads pages, which says so', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml' };
    const answers = await Promise.all(
      ['/nowhere', '/streams', '/api/v1/nowhere', '/assets/none.js'].map((url) =>
        app.inject({ url, headers }),
      ),
    );
    const [nowhere, inPage] = [
      [404, 'nothing'],
      [404, '<p>the page</p>'],
    ];
    expect(answers.map(({ statusCode, body }) => [statusCode, body])).toEqual([
      inPage,
      inPage,
      nowhere,
      nowhere,
    ]);
    expect((await app.inject('/nowhere')).body).toBe('nothing');
    expect((await app.inject({ url: '/nowhere', method: 'POST', headers })).body).toBe('nothing');
  });

  it('keep what has its hash in its name for a year', async () => {
    const { headers } = await app.inject('/assets/index-abc.js');
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });
});
