import { createHook } from 'node:async_hooks';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { roles, type Accounts, type Role } from '../accounts/index.js';
import { isAllowed } from './actor.js';
import { portalLimits } from './limits.js';
import { listedRoutes, urlOf, type ListedRoute } from './testing/listed-routes.js';
import { closePortals, nowMs, testPortal, type TestPortal } from './testing/portal-server.js';
import { testAccounts, testPassword, tokenOf } from './testing/test-accounts.js';

const hourMs = 3_600_000;
const own = { host: 'portal.test', origin: 'http://portal.test' };
const session = '/api/v1/session';
/** Each costs as much as a password of a real user. */
const triesBefore = 2;
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
  if (/^\/api\/v1\/(users|tokens|account-history)\b/.test(url)) return 'admin';
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
    expect(tried).toBeLessThanOrEqual(portalLimits.failuresPerMinute);
    const right = await signIn(portal, 'admin');
    expect([right.statusCode, right.headers['retry-after']]).toEqual([429, '60']);
  });

  it('ends from many addresses too, and counts what was tried before there was such a user', async () => {
    const portal = await portalWithUsers({ trustedProxies: ['127.0.0.1'] });
    portal.accounts = { ...accounts, users: [] };
    const statuses: number[] = [];
    for (let count = 0; count <= portalLimits.userFailuresMax; count += 1) {
      if (count === triesBefore) portal.accounts = accounts;
      const address = `198.51.100.${count}`;
      const answer = await signIn(portal, 'admin', { password: 'wrong', address });
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
