import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  accountChangesMax,
  accountLimits,
  noAccounts,
  tokenDigest,
  type AccountChange,
  type Accounts,
} from '../../accounts/index.js';
import { AppError } from '../../service/errors.js';
import {
  bearer,
  closePortals,
  nowMs,
  testPortal,
  type TestPortal,
} from '../testing/portal-server.js';
import { testAccounts, tokenOf } from '../testing/test-accounts.js';
import { accountHistoryMax } from '../web/src/api/accounts.js';

const password = 'correct horse battery staple';
const logged: (readonly [object, string])[] = [];
const log = (fields: object, message: string): void => void logged.push([fields, message]);
const logger = { debug: log, info: log, warn: log, error: log };
let portal: TestPortal;

beforeEach(async () => {
  logged.length = 0;
  portal = await testPortal({ logger });
});
afterEach(closePortals);

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

async function call(method: Method, path: string, payload?: object, headers: object = bearer) {
  const answer = await portal.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
  const body: unknown = answer.body === '' ? {} : answer.json();
  return { status: answer.statusCode, body };
}

const signIn = (user: string, given: string) =>
  call('POST', '/session', { user, password: given }, {});

describe('users', () => {
  it('are added, changed and removed, and come in by what they have then', async () => {
    const ann = { name: 'ann', role: 'viewer', groups: ['news'] };
    const added = await call('POST', '/users', { ...ann, password });
    expect(added).toEqual({ status: 201, body: { ...ann, passwordSetAtMs: nowMs } });
    expect(await signIn('ann', password)).toMatchObject({ status: 200, body: { role: 'viewer' } });

    const changed = await call('PATCH', '/users/ann', { role: 'editor', groups: null });
    expect(changed).toMatchObject({ status: 200, body: { role: 'editor', groups: null } });
    portal.nowMs += 1_000;
    await call('PATCH', '/users/ann', { password: 'another long password' });
    expect((await signIn('ann', password)).status).toBe(401);
    expect(await signIn('ann', 'another long password')).toMatchObject({ body: { groups: null } });
    const { body } = await call('GET', '/users');
    const listed = { name: 'ann', role: 'editor', groups: null, passwordSetAtMs: nowMs + 1_000 };
    expect(body).toEqual({ users: [listed] });

    expect(await call('DELETE', '/users/ann')).toEqual({ status: 204, body: {} });
    expect((await signIn('ann', 'another long password')).status).toBe(401);
    expect(portal.accounts).toEqual(noAccounts);
  });

  it('have a history with who changed what, for admins', async () => {
    await call('POST', '/users', { name: 'ann', role: 'viewer', password });
    portal.nowMs += 1_000;
    await call('PATCH', '/users/ann', { role: 'editor' });
    await call('POST', '/tokens', { name: 'ci', role: 'viewer', days: 1 });
    const { status, body } = await call('GET', '/account-history?limit=2');
    expect(status).toBe(200);
    const changed = [{ field: 'role', before: 'viewer', after: 'editor' }];
    expect(body).toMatchObject({
      entries: [
        { actor: 'api-token', kind: 'token', name: 'ci', action: 'added' },
        { actor: 'api-token', kind: 'user', name: 'ann', action: 'changed', changes: changed },
      ],
    });
    portal.accounts = await testAccounts(portal.nowMs + 1);
    const editor = { authorization: `Bearer ${tokenOf('editor')}` };
    expect((await call('GET', '/account-history', undefined, editor)).status).toBe(403);
  });

  it('have a history of which the oldest entry that is kept can be read, on the page too', async () => {
    const kept = Array.from({ length: accountChangesMax }, (_, atMs): AccountChange => {
      return { atMs, actor: 'a', kind: 'user', name: 'ann', action: 'changed', changes: [] };
    });
    portal = await testPortal({ accountHistory: () => Promise.resolve(kept) });
    expect(accountHistoryMax).toBe(accountChangesMax);
    const { body } = await call('GET', `/account-history?limit=${accountHistoryMax}`);
    expect(body).toEqual({ entries: kept.toReversed() });
    const tooMany = await call('GET', `/account-history?limit=${accountHistoryMax + 1}`);
    expect(tooMany).toMatchObject({ status: 400, body: { code: 'invalid', field: 'limit' } });
  });

  it('are refused with the field that is wrong', async () => {
    const ann = { name: 'ann', role: 'viewer', password };
    await call('POST', '/users', ann);
    const before = portal.accounts;
    const refused: readonly (readonly [Method, string, object, number, string, string?])[] = [
      ['POST', '/users', ann, 409, 'exists', 'name'],
      ['POST', '/users', { ...ann, name: 'a b' }, 400, 'invalid', 'name'],
      ['POST', '/users', { ...ann, name: 'eve', role: 'owner' }, 400, 'invalid', 'role'],
      ['POST', '/users', { ...ann, name: 'eve', password: 'short' }, 400, 'invalid', 'password'],
      ['POST', '/users', { ...ann, name: 'eve', groups: ['a b'] }, 400, 'invalid', 'groups'],
      ['POST', '/users', { ...ann, name: 'eve', sudo: true }, 400, 'invalid', 'sudo'],
      [
        'POST',
        '/users',
        { ...ann, name: 'eve', role: 'admin', groups: ['a'] },
        400,
        'invalid',
        'groups',
      ],
      ['PATCH', '/users/eve', { role: 'viewer' }, 404, 'not_found', 'name'],
      ['PATCH', '/users/ann', { groups: ['*'] }, 400, 'invalid', 'groups'],
      ['DELETE', '/users/eve', {}, 404, 'not_found', 'name'],
    ];
    for (const [method, path, body, status, code, field] of refused) {
      const answer = await call(method, path, body);
      expect([path, body, answer]).toMatchObject([path, body, { status, body: { code, field } }]);
    }
    expect(portal.accounts).toEqual(before);
  });

  it('cannot shut themselves out', async () => {
    portal.accounts = await testAccounts(nowMs + 1);
    const cookies = await portal.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      headers: { host: 'portal.test', origin: 'http://portal.test' },
      payload: { user: 'admin', password: 'a password of nobody' },
    });
    const headers = {
      host: 'portal.test',
      origin: 'http://portal.test',
      cookie: String(cookies.headers['set-cookie']).split(';')[0],
    };
    const own = { status: 409, body: { code: 'own_account' } };
    expect(await call('DELETE', '/users/admin', undefined, headers)).toMatchObject(own);
    const demoted = await call('PATCH', '/users/admin', { role: 'viewer' }, headers);
    expect(demoted).toMatchObject(own);
    expect((await call('DELETE', '/users/viewer', undefined, headers)).status).toBe(204);
  });

  it('and tokens are logged by who changed them, without a secret', async () => {
    await call('POST', '/users', { name: 'ann', role: 'viewer', password });
    await call('PATCH', '/users/ann', { password: 'another long password' });
    await call('DELETE', '/users/ann');
    const made = await call('POST', '/tokens', { name: 'ci', role: 'viewer', days: 1 });
    await call('DELETE', '/tokens/ci');
    expect(logged.map(([, message]) => message)).toEqual([
      'user added',
      'user changed',
      'user removed',
      'token made',
      'token revoked',
    ]);
    expect(logged[0]?.[0]).toMatchObject({ actor: 'api-token', user: 'ann', role: 'viewer' });
    const text = JSON.stringify(logged);
    const { token } = made.body as { readonly token: string };
    for (const secret of [password, 'another long', 'scrypt', token, tokenDigest(token)]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe('API tokens', () => {
  it('are told once, do what their role may, and end when they are revoked', async () => {
    const ci = { name: 'ci', role: 'viewer', groups: null };
    const { status, body } = await call('POST', '/tokens', { ...ci, days: 2 });
    const times = { createdAtMs: nowMs, expiresAtMs: nowMs + 2 * 86_400_000 };
    const token: unknown = expect.stringMatching(/^vbp_[\w-]{43}$/);
    expect([status, body]).toEqual([201, { ...ci, ...times, token }]);
    const made = body as { readonly token: string };
    const headers = { authorization: `Bearer ${made.token}` };
    expect((await call('GET', '/streams', undefined, headers)).status).toBe(200);
    expect((await call('GET', '/tokens', undefined, headers)).status).toBe(403);
    expect((await call('GET', '/tokens')).body).toEqual({ tokens: [{ ...ci, ...times }] });
    expect(JSON.stringify(portal.accounts)).not.toContain(made.token);
    expect((await call('DELETE', '/tokens/ci')).status).toBe(204);
    expect((await call('GET', '/streams', undefined, headers)).status).toBe(401);
    expect((await call('DELETE', '/tokens/ci')).status).toBe(404);
  });

  it('are refused with the field that is wrong, and bounded in number', async () => {
    const ci = { name: 'ci', role: 'viewer', days: 1 };
    for (const days of [0, 3_651, 1.5]) {
      const refused = { status: 400, body: { code: 'invalid', field: 'days' } };
      expect(await call('POST', '/tokens', { ...ci, days })).toMatchObject(refused);
    }
    await call('POST', '/tokens', ci);
    const taken = { status: 409, body: { code: 'exists', field: 'name' } };
    expect(await call('POST', '/tokens', ci)).toMatchObject(taken);
    const [model] = portal.accounts.tokens;
    if (model === undefined) throw new Error('no token was made');
    const tokens: Accounts['tokens'] = Array.from(
      { length: accountLimits.tokensMax },
      (_, index) => ({ ...model, name: `t${index}` }),
    );
    portal.accounts = { ...portal.accounts, tokens };
    const full = { status: 409, body: { code: 'quota' } };
    expect(await call('POST', '/tokens', ci)).toMatchObject(full);
  });

  it('say why they cannot be kept', async () => {
    portal = await testPortal({
      changeAccounts: () =>
        Promise.reject(new AppError('users_file', "the users' file u.json: cannot be written")),
    });
    const answer = await call('POST', '/tokens', { name: 'ci', role: 'viewer', days: 1 });
    const told = { code: 'users_file', message: "the users' file u.json: cannot be written" };
    expect(answer).toEqual({ status: 503, body: told });
    portal.accounts = await testAccounts(nowMs + 1);
    const headers = { authorization: `Bearer ${tokenOf('editor')}` };
    expect((await call('POST', '/tokens', {}, headers)).status).toBe(403);
  });
});
