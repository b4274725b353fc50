import { beforeAll, describe, expect, it } from '@jest/globals';
import { bearer, testPortal, type TestPortal } from '../testing/portal-server.js';

const secret = Buffer.alloc(32, 7).toString('base64url');

async function call(
  portal: TestPortal,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
  headers: Record<string, string> = {},
) {
  const answer = await portal.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { ...bearer, ...headers },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json<unknown>() };
}

/** For what is refused, and so leaves it as it is. */
let untouched: TestPortal;
beforeAll(async () => {
  untouched = await testPortal();
});

describe('POST /streams', () => {
  it('creates a stream and answers where it is, and its first revision', async () => {
    const portal = await testPortal();
    const answer = await call(portal, 'POST', '/streams', { key: 'arena.main:1' });
    expect(answer.status).toBe(201);
    expect(answer.headers['etag']).toBe('"1"');
    expect(answer.headers.location).toBe('/api/v1/streams/arena.main%3A1');
    expect(answer.body).toMatchObject({ key: 'arena.main:1', title: 'arena.main:1', revision: 1 });
    const read = await call(portal, 'GET', '/streams/arena.main%3A1');
    expect(read.body).toEqual(answer.body);
  });

  it.each(['', '  ', '\u200b\u2028\u202e'])(
    'calls a stream by its key where nothing of its title is seen: %j',
    async (title) => {
      const portal = await testPortal();
      const answer = await call(portal, 'POST', '/streams', { key: 'arena', title });
      expect(answer.body).toMatchObject({ title: 'arena' });
    },
  );

  it('refuses a key that is taken', async () => {
    const portal = await testPortal();
    await call(portal, 'POST', '/streams', { key: 'arena' });
    const answer = await call(portal, 'POST', '/streams', { key: 'arena' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'exists', field: 'key' } });
  });

  it.each([
    [{}, 'key'],
    [{ key: '*' }, 'key'],
    [{ key: 'a', titel: 'x' }, 'titel'],
    [{ key: 'a', countPlainSockets: 'true' }, 'countPlainSockets'],
    [{ key: 'a', origins: ['https://ok.example', 'nonsense'] }, 'origins[1]'],
    [{ key: 'a', renditions: ['hd=720p', 'sd=481p'] }, 'renditions[1]'],
    [{ key: 'a', options: [] }, 'options'],
    [{ key: 'a', options: { webTorrent: { infoHashes: 7 } } }, 'options.webTorrent.infoHashes'],
    [{ key: 'a', tokenKeys: [{ kid: 'k' }] }, 'tokenKeys[0].secret'],
    [{ key: 'a', tokenKeys: [{ kid: 'k', secret, more: 1 }] }, 'tokenKeys[0].more'],
  ])('refuses %j and names the field', async (body, field) => {
    const answer = await call(untouched, 'POST', '/streams', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid', field } });
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('refuses options that are deeper than any stack', async () => {
    const depth = 50_000;
    const answer = await untouched.app.inject({
      method: 'POST',
      url: '/api/v1/streams',
      payload: `{"key":"a","options":{"deep":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
      headers: { ...bearer, 'content-type': 'application/json', 'idempotency-key': 'once' },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'invalid', field: 'options' });
  });

  it('refuses a body that is not JSON', async () => {
    const answer = await untouched.app.inject({
      method: 'POST',
      url: '/api/v1/streams',
      payload: 'key=a',
      headers: { ...bearer, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({ code: 'not_json' });
  });

  it('never tells a secret, not in any answer', async () => {
    const portal = await testPortal();
    const tokenKeys = [{ kid: 'k1', secret }];
    const created = await call(portal, 'POST', '/streams', { key: 'arena', tokenKeys });
    const listed = await call(portal, 'GET', '/streams');
    const change = { title: 'Arena' };
    const changed = await call(portal, 'PATCH', '/streams/arena', change, { 'if-match': '"1"' });
    expect(created.body).toMatchObject({ tokenKeys: [{ kid: 'k1' }] });
    expect(JSON.stringify([created.body, listed.body, changed.body])).not.toContain(secret);
    expect(portal.catalog.stream('arena')?.tokenKeys).toEqual(tokenKeys);
  });
});

describe('PATCH /streams/:key', () => {
  async function withArena(): Promise<TestPortal> {
    const portal = await testPortal();
    portal.catalog.put({
      key: 'arena',
      renditions: ['hd=720p'],
      tokenKeys: [{ kid: 'old', secret }],
    });
    return portal;
  }

  it('changes what is given, keeps the rest, and answers the new revision', async () => {
    const portal = await withArena();
    const change = { title: 'The arena' };
    const answer = await call(portal, 'PATCH', '/streams/arena', change, { 'if-match': '"1"' });
    expect(answer.status).toBe(200);
    expect(answer.headers['etag']).toBe('"2"');
    const renditions = ['hd=720p'];
    expect(answer.body).toMatchObject({ title: 'The arena', renditions, revision: 2 });
    expect(answer.body).toMatchObject({ changedBy: 'api-token' });
  });

  it('takes options as they are, and shows them', async () => {
    const portal = await withArena();
    const infoHashes = { ['ab'.repeat(20)]: 'hd' };
    const options = { webTorrent: { infoHashes }, later: { deep: [1, null, 'x'] } };
    const change = (body: object, revision: number) =>
      call(portal, 'PATCH', '/streams/arena', body, { 'if-match': `"${revision}"` });
    expect((await change({ options }, 1)).body).toMatchObject({ options });
    expect((await change({ title: 'x' }, 2)).body).toMatchObject({ options });
    expect((await call(portal, 'GET', '/streams/arena')).body).toMatchObject({ options });
    expect((await change({ options: {} }, 3)).body).toMatchObject({ options: {} });
  });

  it('keeps the secret of a token key that is given without one', async () => {
    const portal = await withArena();
    const added = Buffer.alloc(32, 9).toString('base64url');
    const change = { tokenKeys: [{ kid: 'old' }, { kid: 'new', secret: added }] };
    await call(portal, 'PATCH', '/streams/arena', change, { 'if-match': '"1"' });
    expect(portal.catalog.stream('arena')?.tokenKeys).toEqual([
      { kid: 'old', secret },
      { kid: 'new', secret: added },
    ]);
  });

  it.each([
    [undefined, 428, 'if_match_needed'],
    ['1', 400, 'invalid'],
    ['"2"', 412, 'conflict'],
    ['W/"1"', 412, 'conflict'],
    ['"7", "1"', 200, undefined],
    ['*', 200, undefined],
    ['"a,b"', 412, 'conflict'],
    ['"7",, "1,2",', 412, 'conflict'],
    ['"1" "2"', 400, 'invalid'],
    [', ,', 400, 'invalid'],
  ])('with If-Match %s answers %d', async (ifMatch, status, code) => {
    const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch };
    const answer = await call(
      await withArena(),
      'PATCH',
      '/streams/arena',
      { title: 't' },
      headers,
    );
    expect(answer.status).toBe(status);
    expect(Object(answer.body)).toHaveProperty(code === undefined ? 'revision' : 'code', code ?? 2);
  });

  it('answers 412 when another change wins between the look and the write', async () => {
    const portal = await withArena();
    portal.catalog.beforeWrite = () => portal.catalog.put({ key: 'arena', title: 'theirs' });
    const change = { title: 'ours' };
    const answer = await call(portal, 'PATCH', '/streams/arena', change, { 'if-match': '"1"' });
    expect(answer).toMatchObject({ status: 412, body: { code: 'conflict' } });
    expect(portal.catalog.stream('arena')?.title).toBe('theirs');
  });

  it('answers 404 for a stream that is not there', async () => {
    const answer = await call(untouched, 'PATCH', '/streams/x', {}, { 'if-match': '"1"' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe('DELETE /streams/:key', () => {
  it('deletes an archived stream for good, and lets its key be taken anew', async () => {
    const portal = await testPortal();
    portal.catalog.put({ key: 'arena', title: 'before', isArchived: true });
    const remove = (ifMatch: string) =>
      portal.app.inject({
        method: 'DELETE',
        url: '/api/v1/streams/arena',
        headers: { ...bearer, 'if-match': ifMatch },
      });
    expect((await remove('"7"')).statusCode).toBe(412);
    expect(await remove('"1"')).toMatchObject({ statusCode: 204, body: '' });
    expect((await call(portal, 'GET', '/streams/arena')).status).toBe(404);
    const archived = await call(portal, 'GET', '/streams?archived=true');
    expect(archived.body).toEqual({ streams: [], total: 0, nextCursor: null });
    const anew = await call(portal, 'POST', '/streams', { key: 'arena' });
    expect(anew).toMatchObject({ status: 201, body: { title: 'arena', revision: 3 } });
  });

  it('refuses to delete a stream that viewers may still join', async () => {
    const portal = await testPortal();
    portal.catalog.put({ key: 'arena' });
    const answer = await call(portal, 'DELETE', '/streams/arena', undefined, { 'if-match': '*' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'not_archived' } });
    expect(portal.catalog.stream('arena')).toBeDefined();
  });
});

describe('GET /streams', () => {
  it('archived streams leave the list, can be read, and can be brought back', async () => {
    const portal = await testPortal();
    portal.catalog.put({ key: 'arena' });
    const change = (isArchived: boolean, revision: number) =>
      call(portal, 'PATCH', '/streams/arena', { isArchived }, { 'if-match': `"${revision}"` });
    await change(true, 1);
    expect((await call(portal, 'GET', '/streams')).body).toMatchObject({ total: 0 });
    const archived = await call(portal, 'GET', '/streams?archived=true');
    expect(archived.body).toMatchObject({ streams: [{ key: 'arena', isArchived: true }] });
    await change(false, 2);
    expect((await call(portal, 'GET', '/streams')).body).toMatchObject({
      streams: [{ key: 'arena', revision: 3 }],
    });
  });

  it('comes page by page, sorted and searched as asked for', async () => {
    const portal = await testPortal();
    for (const [key, title] of [
      ['c', 'Aréna'],
      ['a', 'arena 2'],
      ['b', 'Cinema'],
    ] as const) {
      portal.nowMs += 1;
      portal.catalog.put({ key, title });
    }
    const keysOf = (body: unknown) => (body as { streams: { key: string }[] }).streams;
    const first = await call(portal, 'GET', '/streams?search=arena&sort=title&order=desc&limit=1');
    expect(first.body).toMatchObject({ total: 2, streams: [{ key: 'a' }] });
    const { nextCursor } = first.body as { nextCursor: string };
    const query = `search=arena&sort=title&order=desc&limit=1&cursor=${nextCursor}`;
    expect((await call(portal, 'GET', `/streams?${query}`)).body).toMatchObject({
      streams: [{ key: 'c' }],
      nextCursor: null,
    });
    const byCreation = await call(portal, 'GET', '/streams');
    expect(keysOf(byCreation.body).map(({ key }) => key)).toEqual(['c', 'a', 'b']);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['sort=viewers', 'sort'],
    ['order=up', 'order'],
    ['cursor=nonsense', 'cursor'],
  ])('refuses %s and names the field', async (query, field) => {
    const answer = await call(untouched, 'GET', `/streams?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid', field } });
  });
});

describe('POST /streams with an Idempotency-Key', () => {
  const headers = { 'idempotency-key': '8e03978e-40d5-43dd-bc93-6894a57f9324' };

  it('creates once, and answers alike, whatever happened since', async () => {
    const portal = await testPortal();
    const body = { key: 'arena', title: 'A' };
    const first = await call(portal, 'POST', '/streams', body, headers);
    portal.catalog.put({ key: 'arena', title: 'B', isArchived: true });
    const same = { title: 'A', key: 'arena' };
    const again = await call(portal, 'POST', '/streams', same, headers);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers['etag']).toBe('"1"');
    expect(again.headers.location).toBe(first.headers.location);
    expect(portal.catalog.history('arena')).toHaveLength(2);
  });

  it('creates once where it is sent several times at once', async () => {
    const portal = await testPortal();
    const send = () => call(portal, 'POST', '/streams', { key: 'arena' }, headers);
    const answers = await Promise.all([send(), send(), send()]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(portal.catalog.history('arena')).toHaveLength(1);
  });

  it('refuses another body under the same key, and forgets a creation that was refused', async () => {
    const portal = await testPortal();
    const refused = await call(portal, 'POST', '/streams', { key: '*' }, headers);
    expect(refused.status).toBe(400);
    expect((await call(portal, 'POST', '/streams', { key: 'a' }, headers)).status).toBe(201);
    const answer = await call(portal, 'POST', '/streams', { key: 'b' }, headers);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused', field: 'idempotency-key' },
    });
    expect(portal.catalog.stream('b')).toBeUndefined();
  });
});

describe('GET /streams/:key/snippet', () => {
  it('plays the stream by the trackers that the settings name', async () => {
    const portal = await testPortal({ trackerUrl: 'wss://tracker.example.net' });
    portal.catalog.put({ key: 'arena' });
    const path = '/streams/arena/snippet?manifest=https://cdn.example.net/a.m3u8';
    expect((await call(portal, 'GET', path)).body).toMatchObject({
      html: expect.stringContaining('wss://tracker.example.net/arena') as unknown,
    });
    const wrong = await call(portal, 'GET', '/streams/arena/snippet?manifest=javascript:x');
    expect(wrong).toMatchObject({ status: 400, body: { field: 'manifest' } });
  });
});
