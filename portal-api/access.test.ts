import { beforeAll, describe, expect, it } from '@jest/globals';
import { portalLimits } from './limits.js';
import { bearer, testPortal, token, type TestPortal } from './testing/portal-server.js';

const own = { origin: 'http://portal.test', host: 'portal.test' };

async function logIn(portal: TestPortal, given = token, headers = own) {
  const payload = { token: given };
  return portal.app.inject({ method: 'POST', url: '/api/v1/session', payload, headers });
}

async function sessionCookie(portal: TestPortal): Promise<Record<string, string>> {
  const answer = await logIn(portal);
  return Object.fromEntries(answer.cookies.map(({ name, value }) => [name, value]));
}

/** For requests that leave it as it is. */
let untouched: TestPortal;
beforeAll(async () => {
  untouched = await testPortal();
});

describe('the API', () => {
  it.each(['/streams', '/now', '/members', '/health', '/total/metrics', '/openapi.json'])(
    'answers 401 at %s to who shows nothing',
    async (path) => {
      const answer = await untouched.app.inject({ url: `/api/v1${path}` });
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toMatchObject({ code: 'unauthenticated' });
    },
  );

  it('refuses the right token too once an address has tried too many wrong ones', async () => {
    const portal = await testPortal();
    const attempt = async (text: string): Promise<number> => {
      const headers = { authorization: `Bearer ${text}` };
      return (await portal.app.inject({ url: '/api/v1/streams', headers })).statusCode;
    };
    for (let count = 0; count < portalLimits.failuresPerMinute; count += 1) {
      expect(await attempt('wrong')).toBe(401);
    }
    expect(await attempt(token)).toBe(429);
    expect((await logIn(portal)).statusCode).toBe(429);
  });

  it('lets right tokens in however often', async () => {
    const { app } = await testPortal();
    for (let count = 0; count < 2 * portalLimits.failuresPerMinute; count += 1) {
      const answer = await app.inject({ url: '/api/v1/streams', headers: bearer });
      expect(answer.statusCode).toBe(200);
    }
  });

  it('bounds requests by address', async () => {
    const { app } = await testPortal({ requestsPerMinute: 10 });
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) {
      statuses.push((await app.inject({ url: '/api/v1/streams', headers: bearer })).statusCode);
    }
    expect(statuses.at(9)).toBe(200);
    expect(statuses.at(10)).toBe(429);
  });

  it('describes itself as OpenAPI', async () => {
    const { app } = untouched;
    const answer = await app.inject({ url: '/api/v1/openapi.json', headers: bearer });
    expect(answer.json<{ openapi: string }>().openapi).toBe('3.1.0');
  });
});

describe("the page's session", () => {
  it('is a cookie that no script and no other site can use, and that is not the token', async () => {
    const answer = await logIn(await testPortal());
    expect(answer.statusCode).toBe(200);
    expect(answer.cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict', path: '/' }]);
    expect(answer.headers['set-cookie']).not.toContain(token);
  });

  it('opens the API till it ends', async () => {
    const portal = await testPortal();
    const cookies = await sessionCookie(portal);
    const read = async () => portal.app.inject({ url: '/api/v1/streams', cookies });
    expect((await read()).statusCode).toBe(200);
    portal.nowMs += 3_600_001;
    expect((await read()).statusCode).toBe(401);
  });

  it('is refused when its end was changed', async () => {
    const portal = await testPortal();
    const cookies = await sessionCookie(portal);
    const forged = Object.fromEntries(
      Object.entries(cookies).map(([name, value]) => [
        name,
        value.replace(/^v2\.\d+/, 'v2.9999999999999'),
      ]),
    );
    const answer = await portal.app.inject({ url: '/api/v1/streams', cookies: forged });
    expect(answer.statusCode).toBe(401);
  });

  it.each([
    [undefined, 403],
    ['http://evil.test', 403],
    ['http://portal.test:81', 403],
    ['http://portal.test', 201],
  ])('changes things only from its own page: with Origin %s answers %d', async (origin, status) => {
    const portal = await testPortal();
    const answer = await portal.app.inject({
      method: 'POST',
      url: '/api/v1/streams',
      payload: { key: 'arena' },
      cookies: await sessionCookie(portal),
      headers: { host: 'portal.test', ...(origin === undefined ? {} : { origin }) },
    });
    expect(answer.statusCode).toBe(status);
  });

  it('is for TLS alone, under a name that pins it, behind a public https address', async () => {
    const portal = await testPortal({ publicUrl: 'https://portal.test' });
    const answer = await logIn(portal, token, { ...own, origin: 'https://portal.test' });
    expect(answer.cookies).toMatchObject([{ name: '__Host-viblast_session', secure: true }]);
    expect((await logIn(portal)).statusCode).toBe(403);
  });

  it('is not given for a wrong token', async () => {
    const answer = await logIn(await testPortal(), 'wrong');
    expect(answer.statusCode).toBe(401);
    expect(answer.cookies).toEqual([]);
  });
});

describe('answers', () => {
  it('carry a policy that lets only own scripts and styles run', async () => {
    const { app } = untouched;
    const policy = (await app.inject({ url: '/' })).headers['content-security-policy'];
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  it('are problems also where the path is no encoded text', async () => {
    const { app } = untouched;
    const answer = await app.inject({ url: '/api/v1/streams/%E0%A4%A', headers: bearer });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ code: 'bad_request' });
    expect(Object.keys(answer.json<object>())).toEqual(['code', 'message']);
  });

  it('are problems also where there is nothing', async () => {
    const { app } = untouched;
    const answer = await app.inject({ url: '/api/v2/streams' });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'not_found' });
  });
});
