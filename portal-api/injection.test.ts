import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { emptyStream, type RegisteredStream, type StreamSettings } from '../registry/index.js';
import { listedRoutes, urlOf, type ListedRoute } from './testing/listed-routes.js';
import { bearer, closePortals, testPortal, type TestPortal } from './testing/portal-server.js';

afterEach(closePortals);

describe('a path', () => {
  const cleanings: (() => unknown)[] = [];
  afterEach(async () => {
    for (const clean of cleanings.splice(0)) await clean();
  });

  it('leads to nothing beside the page, however it is written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portal-'));
    cleanings.push(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'web', 'assets'), { recursive: true });
    writeFileSync(join(folder, 'web', 'index.html'), 'the page');
    writeFileSync(join(folder, 'web', '.hidden'), 'hush');
    writeFileSync(join(folder, 'secret'), 'hush');
    const { app } = await testPortal({ webFolder: join(folder, 'web') });
    cleanings.push(() => app.close());
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const ask = async (path: string): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET ${path} HTTP/1.1\r\nHost: portal.test\r\nConnection: close\r\n\r\n`);
      return text(socket);
    };
    expect(await ask('/')).toContain('the page');
    const dots = ['..', '%2e%2e', '.%2e', '%252e%252e', '..%00', '..;'];
    const between = ['/', '%2f', '\\', '%5c', '//'];
    for (const up of dots) {
      for (const slash of between) {
        for (const from of ['/', '/assets/', '/api/v1/streams/']) {
          const answer = await ask(`${from}${up}${slash}${up}${slash}secret`);
          expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
          expect(answer).not.toContain('hush');
          expect(await ask(`${from}${up}${slash}secret`)).not.toContain('hush');
        }
      }
    }
    for (const path of ['/.hidden', '/%2ehidden', `/${folder}/secret`, 'http://evil.test/secret']) {
      expect(await ask(path)).not.toContain('hush');
    }
  });
});

/**
 * Has the portal hold a stream that no registry would take: what is asked by it must do no harm.
 */
function hold(
  { catalog }: TestPortal,
  settings: Partial<StreamSettings> & Pick<StreamSettings, 'key'>,
): void {
  const stream: RegisteredStream = {
    ...emptyStream(settings.key),
    ...settings,
    revision: 1,
    createdAtMs: 0,
    changedAtMs: 0,
    changedBy: 'test',
  };
  Object.assign(catalog, {
    stream: (key: string) => (key === stream.key ? stream : undefined),
    streams: () => [stream],
  });
}

describe('what somebody writes', () => {
  const markup = `"><script>alert(1)</script>'&`;
  const lines = 'a\r\nset-cookie: b=c\r\n\r\n{"level":"error"}';

  it('of markup comes back as data, as it was, in an answer that no browser runs', async () => {
    const { app } = await testPortal();
    const fields = {
      title: markup,
      renditions: ['<b>720p</b>'],
      tokenKeys: [{ kid: '<i>1</i>', secret: 'a'.repeat(43) }],
      options: { more: { [markup]: markup }, labels: { plan: ['<b>paid</b>'] } },
    };
    const payload = { key: 'arena', ...fields };
    const url = '/api/v1/streams';
    const created = await app.inject({ method: 'POST', url, headers: bearer, payload });
    expect(created.statusCode).toBe(201);
    const read = await app.inject({ url: `${url}/arena`, headers: bearer });
    const tokenKeys = [{ kid: '<i>1</i>' }];
    expect(read.json()).toMatchObject({ ...fields, tokenKeys });
    const listed = await app.inject({ url, headers: bearer });
    const missing = await app.inject({
      url: `${url}/${encodeURIComponent(markup)}`,
      headers: bearer,
    });
    expect(missing.statusCode).toBe(404);
    const told = [`${url}/arena/history`, '/api/v1/export', '/api/v1/now'];
    const others = await Promise.all(told.map((at) => app.inject({ url: at, headers: bearer })));
    expect(others.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    for (const answer of [created, read, listed, missing, ...others]) {
      expect(answer.headers['content-type']).toMatch(/^application\/(problem\+)?json/);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
    }
  });

  it.each([
    ['key', { key: markup }],
    ['origins', { origins: [markup] }],
    ['options.tags', { options: { tags: [markup] } }],
    ['options.groups', { options: { groups: [markup] } }],
    ['options.labels', { options: { labels: { [markup]: ['a'] } } }],
    ['options.graphiteFacets', { options: { graphiteFacets: [markup] } }],
    ['options.webTorrent', { options: { webTorrent: { infoHashes: { [markup]: '' } } } }],
  ])('of markup is refused as %s, which are names', async (field, fields) => {
    const { app } = await testPortal();
    const payload = { key: 'arena', ...fields };
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/streams',
      headers: bearer,
      payload,
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain(field);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('of lines gets into no header and no line of the log', async () => {
    const logged: string[] = [];
    const write = (fields: object, message: string) =>
      logged.push(JSON.stringify({ ...fields, message }));
    const logger = { debug: write, info: write, warn: write, error: write };
    const portal = await testPortal({ logger });
    portal.render = () => Promise.reject(new Error('a defect'));
    hold(portal, { key: lines, title: lines });
    const url = `/api/v1/streams/${encodeURIComponent(lines)}`;
    const answers = [
      await portal.app.inject({ url, headers: bearer }),
      await portal.app.inject({ url: `${url}/metrics`, headers: bearer }),
      await portal.app.inject({ url: `/api/${encodeURIComponent(lines)}` }),
    ];
    portal.render = () => Promise.resolve([]);
    const csv = `${url}/metrics?format=csv`;
    answers.push(await portal.app.inject({ url: csv, headers: bearer }));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 500, 404, 200]);
    for (const { headers } of answers) {
      expect(headers['set-cookie']).toBeUndefined();
      expect(JSON.stringify(headers)).not.toMatch(/[\r\n]|\\r|\\n/);
    }
    expect(logged).toHaveLength(1);
    expect(logged[0]).not.toContain('set-cookie');
    for (const field of ['key', 'title']) {
      const payload = { key: 'fine', [field]: lines };
      const created = { method: 'POST', url: '/api/v1/streams', headers: bearer, payload } as const;
      expect((await portal.app.inject(created)).json()).toMatchObject({ code: 'invalid', field });
    }
  });
});

describe('what Graphite is asked', () => {
  const evil = [
    'a),randomWalk("b',
    '*',
    '{a,b}',
    'a.*.b',
    'a b',
    "a'b",
    '..',
    '~2A',
    'a|b',
    '[ab]',
  ];

  it.each(evil)('has %s as a part of a name at most, whatever route it comes by', async (word) => {
    const portal = await testPortal();
    hold(portal, { key: word, options: { graphiteFacets: [word], groups: [word] } });
    const query = ['from', 'until', 'format', 'search', 'tag', 'group', 'sort', 'cursor', 'streams']
      .map((name) => `${name}=${encodeURIComponent(word)}`)
      .join('&');
    const ofApi = ({ method, url }: ListedRoute): boolean =>
      method === 'GET' && url.startsWith('/api/');
    for (const route of listedRoutes(portal.app).filter(ofApi)) {
      const url = urlOf(route, word);
      const options = { headers: bearer, payloadAsStream: true } as const;
      for (const asked of [url, `${url}?${query}`]) {
        const answer = await portal.app.inject({ url: asked, ...options });
        answer.stream().destroy();
        expect([asked, answer.statusCode < 500]).toEqual([asked, true]);
      }
    }
    const targets = portal.requests.flatMap((request) => request.targets);
    expect(targets.length).toBeGreaterThan(0);
    // The key is a name's one part, encoded; `~` alone is no sign of targets. A stream `*` would be
    // all of them.
    const everyStream = new Set(['*', '']);
    const part = /^viblast\.streams\.([^.]*)\./;
    const parts = targets.flatMap((target) => part.exec(target)?.[1] ?? []);
    expect(
      parts.filter((name) => !/^[A-Za-z0-9_~-]+$/.test(name) && !everyStream.has(name)),
    ).toEqual([]);
    for (const target of targets) if (word.length > 2) expect(target).not.toContain(word);
  });
});
