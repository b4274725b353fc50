import { describe, expect, it } from '@jest/globals';
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

  it('calls a stream by its key where its title is empty', async () => {
    const portal = await testPortal();
    const answer = await call(portal, 'POST', '/streams', { key: 'arena', title: '' });
    expect(answer.body).toMatchObject({ title: 'arena' });
  });

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
    const answer = await call(await testPortal(), 'POST', '/streams', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid', field } });
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('refuses a body that is not JSON', async () => {
    const portal = await testPortal();
    const answer = await portal.app.inject({
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
    const answer = await call(await testPortal(), 'PATCH', '/streams/x', {}, { 'if-match': '"1"' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe('DELETE /streams/:key', () => {
  it('archives: the stream leaves the list, can be read, and can be brought back', async () => {
    const portal = await testPortal();
    portal.catalog.put({ key: 'arena' });
    const gone = await call(portal, 'DELETE', '/streams/arena', undefined, { 'if-match': '"1"' });
    expect(gone).toMatchObject({ status: 200, body: { isArchived: true, revision: 2 } });
    expect((await call(portal, 'GET', '/streams')).body).toEqual({ streams: [] });
    const archived = await call(portal, 'GET', '/streams?archived=true');
    expect(archived.body).toMatchObject({ streams: [{ key: 'arena' }] });
    const change = { isArchived: false };
    await call(portal, 'PATCH', '/streams/arena', change, { 'if-match': '"2"' });
    expect((await call(portal, 'GET', '/streams')).body).toMatchObject({
      streams: [{ key: 'arena', revision: 3 }],
    });
  });

  it('changes nothing for a stream that is archived already', async () => {
    const portal = await testPortal();
    portal.catalog.put({ key: 'arena', isArchived: true });
    const again = await call(portal, 'DELETE', '/streams/arena', undefined, { 'if-match': '*' });
    expect(again).toMatchObject({ status: 200, body: { revision: 1 } });
  });
});
