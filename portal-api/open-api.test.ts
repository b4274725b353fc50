import { describe, expect, it } from '@jest/globals';
import { listedRoutes } from './testing/listed-routes.js';
import { bearer, testPortal } from './testing/portal-server.js';

interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, unknown>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, Response>>;
  readonly parameters?: readonly { readonly name: string; readonly required: boolean }[];
  readonly security?: readonly object[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Response>> };
}

async function documentAndApp() {
  const { app } = await testPortal();
  const answer = await app.inject({ url: '/api/v1/openapi.json', headers: bearer });
  return { app, document: answer.json<Document>() };
}

describe("the API's description", () => {
  it('has every route of the API, and no other', async () => {
    const { app, document } = await documentAndApp();
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routed = listedRoutes(app)
      .filter(({ method, url }) => url.startsWith('/api/v1/') && method !== 'HEAD')
      .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
      .filter((name) => name !== 'GET /api/v1/openapi.json');
    expect(described.sort()).toEqual(routed.sort());
  });

  it('tells problems as what they come as, each status with its codes', async () => {
    const { document } = await documentAndApp();
    const { responses } = document.components;
    for (const response of Object.values(responses)) {
      expect(Object.keys(response.content ?? {})).toEqual(['application/problem+json']);
    }
    const { patch, get } = document.paths['/api/v1/streams/{key}'] ?? {};
    expect(Object.keys(patch?.responses ?? {})).toEqual(
      '200 400 401 403 404 412 413 415 428 429 500 default'.split(' '),
    );
    expect(Object.keys(get?.responses ?? {})).toEqual(
      '200 400 401 403 404 429 500 default'.split(' '),
    );
    expect(patch?.responses['428']).toEqual({ $ref: '#/components/responses/Problem428' });
    expect(responses['Problem428']).toMatchObject({
      description: expect.stringContaining('`if_match_needed`'),
    });
    const ifMatch = patch?.parameters?.find(({ name }) => name === 'if-match');
    expect(ifMatch?.required).toBe(true);
  });

  it('names the headers that come with a stream, and with who has to wait', async () => {
    const { document } = await documentAndApp();
    const { post } = document.paths['/api/v1/streams'] ?? {};
    const { get } = document.paths['/api/v1/streams/{key}'] ?? {};
    expect(Object.keys(post?.responses['201']?.headers ?? {})).toEqual(['ETag', 'Location']);
    expect(Object.keys(get?.responses['200']?.headers ?? {})).toEqual(['ETag']);
    expect(document.components.responses['Problem429']?.headers).toHaveProperty('Retry-After');

    const { app } = await testPortal({ requestsPerMinute: 1 });
    const ask = () => app.inject({ url: '/api/v1/streams', headers: bearer });
    await ask();
    const { statusCode, headers } = await ask();
    expect([statusCode, headers['content-type']]).toEqual([
      429,
      'application/problem+json; charset=utf-8',
    ]);
    expect(headers['retry-after']).toMatch(/^\d+$/);
  });

  it('says what needs no session', async () => {
    const { document } = await documentAndApp();
    const open = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([, { security }]) => security?.length === 0)
        .map(([method]) => `${method} ${path}`),
    );
    expect(open.sort()).toEqual(['delete /api/v1/session', 'post /api/v1/session']);
  });

  it('is shown to people by a page that runs nothing', async () => {
    const { app, document } = await documentAndApp();
    const page = await app.inject({ url: '/api/docs', headers: bearer });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).not.toMatch(/<script|<[^>]*\s(style|on\w+)=/);
    for (const path of Object.keys(document.paths)) expect(page.body).toContain(path);
    const style = await app.inject({ url: '/api/docs.css', headers: bearer });
    expect(style.headers['content-type']).toContain('text/css');
    expect((await app.inject({ url: '/api/docs' })).statusCode).toBe(401);
  });
});

describe('a method that a path has not', () => {
  it.each([
    ['PUT', '/api/v1/streams', 'GET, HEAD, POST, OPTIONS'],
    ['PUT', '/api/v1/streams/arena', 'DELETE, GET, HEAD, PATCH, OPTIONS'],
    ['POST', '/api/v1/now', 'GET, HEAD, OPTIONS'],
  ] as const)('is answered 405: %s %s', async (method, url, allow) => {
    const { app } = await testPortal();
    const answer = await app.inject({ method, url, headers: bearer });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ code: 'method_not_allowed' });
    const asked = await app.inject({ method: 'OPTIONS', url });
    expect([asked.statusCode, asked.headers.allow, asked.body]).toEqual([204, allow, '']);
  });

  it('is 404 where there is no path, and HEAD is GET without its body', async () => {
    const { app } = await testPortal();
    for (const method of ['GET', 'PUT', 'OPTIONS'] as const) {
      const answer = await app.inject({ method, url: '/api/v1/nothing', headers: bearer });
      expect([method, answer.statusCode]).toEqual([method, 404]);
    }
    const head = await app.inject({ method: 'HEAD', url: '/api/v1/streams', headers: bearer });
    expect([head.statusCode, head.body]).toEqual([200, '']);
  });
});
