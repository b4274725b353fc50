import { createHook } from 'node:async_hooks';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { roles, type Accounts, type Role } from '../accounts/index.js';
import { emptyStream, type RegisteredStream, type StreamSettings } from '../registry/index.js';
import { isAllowed } from './actor.js';
import { portalLimits } from './limits.js';
import { listedRoutes, urlOf, type ListedRoute } from './testing/listed-routes.js';
import {
  bearer,
  closePortals,
  nowMs,
  testPortal,
  type TestPortal,
} from './testing/portal-server.js';
import { testAccounts, testPassword, tokenOf } from './testing/test-accounts.js';

const hourMs = 3_600_000;
const own = { host: 'portal.test', origin: 'http://portal.test' };
const session = '/api/v1/session';
let accounts: Accounts;

beforeAll(async () => {
  accounts = await testAccounts(nowMs + hourMs);
});

afterEach(closePortals);

async function portalWithUsers(
  options: Parameters<typeof testPortal>[0] = {},
): Promise<TestPortal> {
  return Object.assign(await testPortal(options), { accounts });
}

function showing(role: Role): Record<string, string> {
  return { authorization: `Bearer ${tokenOf(role)}` };
}

async function signIn(
  { app }: TestPortal,
  user: string,
  more: { cookies?: Record<string, string>; password?: string; address?: string } = {},
) {
  const { cookies = {}, password = testPassword, address = '192.0.2.1' } = more;
  const headers = { ...own, 'x-forwarded-for': address };
  const payload = { user, password };
  return app.inject({ method: 'POST', url: session, headers, cookies, payload });
}

async function cookiesOf(portal: TestPortal, user: string): Promise<Record<string, string>> {
  const { cookies } = await signIn(portal, user);
  return Object.fromEntries(cookies.map(({ name, value }) => [name, value]));
}

/** The status alone: some answers go on for ever. */
async function statusOf(app: FastifyInstance, route: ListedRoute, headers = {}) {
  const method = route.method as 'GET';
  const options = { method, url: urlOf(route, 'arena'), headers, payloadAsStream: true } as const;
  const answer = await app.inject(options);
  answer.stream().destroy();
  return answer.statusCode;
}

/** What a route must ask for at least, whatever it says itself. */
function lowestRole({ method, url }: ListedRoute): Role | 'anybody' {
  if (!url.startsWith('/api/')) return 'anybody';
  if (/^\/api\/v1\/(users|tokens)\b/.test(url)) return 'admin';
  if (method === 'GET' || method === 'HEAD') return 'viewer';
  if (url === session) return 'anybody';
  const isForAdmins = method === 'DELETE' || url === '/api/v1/import';
  return isForAdmins ? 'admin' : 'editor';
}

describe('no route', () => {
  it('is open to a role below its own, and none to nobody but the way in and the page', async () => {
    const portal = await portalWithUsers();
    const routes = listedRoutes(portal.app);
    expect(routes.length).toBeGreaterThan(15);
    for (const route of routes) {
      const needed = lowestRole(route);
      const name = `${route.method} ${route.url}`;
      const toNobody = await statusOf(portal.app, route);
      expect([name, toNobody === 401]).toEqual([name, needed !== 'anybody']);
      if (needed === 'anybody') continue;
      for (const role of roles) {
        const status = await statusOf(portal.app, route, showing(role));
        expect([name, role, status === 403]).toEqual([name, role, !isAllowed(role, needed)]);
        expect([name, status]).not.toEqual([name, 401]);
      }
    }
  });

  it('can be added without a role', async () => {
    const { app } = await testPortal();
    const { RouteTable } = await import('./route-table.js');
    const table = new RouteTable();
    const handler = () => 'open';
    table.add({ method: 'GET', url: '/api/v1/new', handler, config: { role: 'viewer' } });
    table.requireRoles();
    table.add({ method: ['GET', 'POST'], url: '/api/v1/open', handler });
    expect(() => table.requireRoles()).toThrow('the route GET /api/v1/open has no config.role');
    await app.close();
  });
});

describe('a token', () => {
  it('does what its role may and no more, till it ends or is taken away', async () => {
    const portal = await portalWithUsers();
    const create = async (role: Role) => {
      const headers = showing(role);
      const payload = { key: `by-${role}` };
      return portal.app.inject({ method: 'POST', url: '/api/v1/streams', headers, payload });
    };
    expect((await create('viewer')).json()).toMatchObject({ code: 'forbidden' });
    expect((await create('editor')).json()).toMatchObject({ changedBy: 'token:editor' });
    portal.nowMs += hourMs;
    expect((await create('admin')).json()).toMatchObject({ code: 'wrong_token' });
    portal.nowMs -= hourMs;
    portal.accounts = { ...accounts, tokens: [] };
    expect((await create('admin')).json()).toMatchObject({ code: 'wrong_token' });
  });

  it('opens the page for as long as it is good itself', async () => {
    const portal = await portalWithUsers({ sessionMs: 10 * hourMs });
    const payload = { token: tokenOf('viewer') };
    const answer = await portal.app.inject({ method: 'POST', url: session, headers: own, payload });
    expect(answer.json()).toEqual({
      name: 'token:viewer',
      role: 'viewer',
      groups: null,
      untilMs: nowMs + hourMs,
    });
  });
});

describe('a page of another site', () => {
  const unsafe = [
    ['POST', '/api/v1/streams'],
    ['PATCH', '/api/v1/streams/arena'],
    ['DELETE', '/api/v1/streams/arena'],
    ['DELETE', session],
  ] as const;

  it.each(unsafe)('has no %s %s done by the cookie of a user', async (method, url) => {
    const portal = await portalWithUsers();
    const cookies = await cookiesOf(portal, 'admin');
    const wrong = [
      { origin: undefined },
      { origin: 'null' },
      { origin: 'http://evil.test' },
      { origin: 'http://portal.test:81' },
      { origin: own.origin, 'sec-fetch-site': 'cross-site' },
      { origin: own.origin, 'sec-fetch-site': 'same-site' },
    ];
    for (const { origin, ...more } of wrong) {
      const headers = { host: own.host, ...more, ...(origin === undefined ? {} : { origin }) };
      const body = method === 'DELETE' ? {} : { payload: {} };
      const answer = await portal.app.inject({ method, url, cookies, headers, ...body });
      expect([answer.statusCode, answer.json<object>()]).toMatchObject([
        403,
        { code: 'wrong_origin' },
      ]);
    }
    expect((await portal.app.inject({ url: session, cookies })).statusCode).toBe(200);
  });

  it('reads nothing by it either, and signs nobody in', async () => {
    const portal = await portalWithUsers();
    const cookies = await cookiesOf(portal, 'viewer');
    const read = async (headers: Record<string, string>) =>
      (await portal.app.inject({ url: '/api/v1/streams', cookies, headers })).statusCode;
    expect(await read({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await read({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await read({ 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await read({ 'sec-fetch-site': 'none' })).toBe(200);
    const payload = { user: 'admin', password: testPassword };
    const headers = { host: own.host, origin: 'http://evil.test' };
    const answer = await portal.app.inject({ method: 'POST', url: session, headers, payload });
    expect([answer.statusCode, answer.cookies]).toEqual([403, []]);
  });
});

describe('a session', () => {
  it('is never one that somebody else knew before', async () => {
    const portal = await portalWithUsers();
    const chosen = { viblast_session: 'chosen-by-somebody-else' };
    const theirs = await cookiesOf(portal, 'viewer');
    for (const planted of [chosen, theirs]) {
      const answer = await signIn(portal, 'admin', { cookies: planted });
      const [given] = answer.cookies;
      expect(given?.value).not.toBe(planted['viblast_session']);
      const read = await portal.app.inject({ url: session, cookies: planted });
      expect(read.statusCode).toBe(401);
    }
  });

  it('ends when its user signs out, has another password, or is removed', async () => {
    const portal = await portalWithUsers();
    const status = async (cookies: Record<string, string>) =>
      (await portal.app.inject({ url: session, cookies })).statusCode;
    const [one, other] = [await cookiesOf(portal, 'editor'), await cookiesOf(portal, 'editor')];
    const bye = { method: 'DELETE', url: session, cookies: one, headers: own } as const;
    expect((await portal.app.inject(bye)).statusCode).toBe(204);
    expect([await status(one), await status(other)]).toEqual([401, 200]);
    portal.accounts = await testAccounts(nowMs);
    expect(await status(other)).toBe(401);
    const third = await cookiesOf(portal, 'editor');
    expect(await status(third)).toBe(200);
    portal.accounts = { ...portal.accounts, users: [] };
    expect(await status(third)).toBe(401);
  });
});

describe('guessing a password', () => {
  it('ends soon for an address, with the right one too, and however many at once', async () => {
    const portal = await portalWithUsers();
    const attempts = Array.from({ length: 40 }, async () =>
      signIn(portal, 'admin', { password: 'wrong' }),
    );
    const statuses = (await Promise.all(attempts)).map(({ statusCode }) => statusCode);
    const tried = statuses.filter((status) => status === 401).length;
    expect(tried).toBeLessThanOrEqual(portalLimits.failuresPerMinute + 1);
    const right = await signIn(portal, 'admin');
    expect([right.statusCode, right.headers['retry-after']]).toEqual([429, '60']);
  });

  it.each(['admin', 'nobody'])('of %s ends from many addresses too', async (user) => {
    const portal = await portalWithUsers({ trustedProxies: ['127.0.0.1'] });
    const statuses: number[] = [];
    for (let count = 0; count < portalLimits.userFailuresMax + 2; count += 1) {
      const address = `198.51.100.${count}`;
      const answer = await signIn(portal, user, { password: 'wrong', address });
      statuses.push(answer.statusCode);
    }
    expect(new Set(statuses.slice(0, -1))).toEqual(new Set([401]));
    expect(statuses.at(-1)).toBe(429);
    expect((await signIn(portal, 'viewer', { address: '203.0.113.1' })).statusCode).toBe(200);
  });

  it('tells nobody who is a user: the same words, after the same work', async () => {
    const portal = await portalWithUsers();
    let hashes = 0;
    const hook = createHook({
      init: (_id, type) => {
        if (type === 'SCRYPTREQUEST') hashes += 1;
      },
    }).enable();
    const answers = [];
    for (const user of ['admin', 'nobody', '__proto__']) {
      answers.push(await signIn(portal, user, { password: 'wrong' }));
    }
    hook.disable();
    expect(hashes).toBe(3);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers[0]?.json()).toMatchObject({ code: 'wrong_password' });
  });
});

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
