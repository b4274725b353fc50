import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../service/errors.js';
import { admin, streamServer } from '../testing/stream-server.js';

const secret = Buffer.alloc(32, 7).toString('base64url');

describe('an export', () => {
  it('has every field of every stream, and secrets for admins who ask for them', async () => {
    const { call, catalog } = streamServer();
    const tokenKeys = [{ kid: 'k1', secret }];
    catalog.put({ key: 'a', title: 'A', tokenKeys, options: { tags: ['x'], later: { deep: 1 } } });
    catalog.put({ key: 'b', isArchived: true, renditions: ['hd=720p'] });
    const plain = await call(admin, 'GET', '/export');
    expect(plain.body).toMatchObject({
      version: 1,
      streams: [
        { key: 'a', title: 'A', tokenKeys: [{ kid: 'k1' }], options: { later: { deep: 1 } } },
        { key: 'b', isArchived: true, renditions: ['hd=720p'] },
      ],
    });
    expect(JSON.stringify(plain.body)).not.toContain(secret);
    const whole = await call(admin, 'GET', '/export?secrets=true');
    expect(whole.body).toMatchObject({ streams: [{ tokenKeys }, {}] });
    const editor = { ...admin, role: 'editor' } as const;
    expect(await call(editor, 'GET', '/export?secrets=true')).toMatchObject({
      status: 403,
      body: { code: 'forbidden', field: 'secrets' },
    });
  });

  it('is taken by another portal as it is, which exports the same', async () => {
    const one = streamServer();
    one.catalog.put({ key: 'a', title: 'A', tokenKeys: [{ kid: 'k1', secret }] });
    one.catalog.put({ key: 'b', isArchived: true, options: { groups: ['x'] } });
    const { body } = await one.call(admin, 'GET', '/export?secrets=true');
    const two = streamServer();
    const taken = await two.call(admin, 'POST', '/import', body);
    expect(taken.body).toMatchObject({ results: [{ outcome: 'created' }, { outcome: 'created' }] });
    expect((await two.call(admin, 'GET', '/export?secrets=true')).body).toEqual(body);
  });
});

describe('an import', () => {
  const streams = [
    { key: 'new' },
    { key: 'same', title: 'S', tokenKeys: [{ kid: 'k1' }] },
    { key: 'other', title: 'changed' },
    { key: 'new', title: 'again' },
    { key: '*' },
    { key: 'secretless', tokenKeys: [{ kid: 'k' }] },
  ];
  const outcomes = ['created', 'unchanged', 'changed', 'invalid', 'invalid', 'invalid'];

  function prepared() {
    const server = streamServer();
    server.catalog.put({ key: 'same', title: 'S', tokenKeys: [{ kid: 'k1', secret }] });
    server.catalog.put({ key: 'other', renditions: ['hd=720p'] });
    return server;
  }

  it('tells of each stream what came of it, and keeps what it does not name', async () => {
    const { call, catalog } = prepared();
    const answer = await call(admin, 'POST', '/import', { streams });
    const results = answer.body['results'] as { outcome: string; key: string; detail: string }[];
    expect(results.map(({ outcome }) => outcome)).toEqual(outcomes);
    expect(results.map(({ key }) => key)).toEqual(streams.map(({ key }) => key));
    expect(results[4]?.detail).toMatch(/^key: /);
    expect(catalog.stream('other')).toMatchObject({
      title: 'changed',
      renditions: ['hd=720p'],
      revision: 2,
      changedBy: admin.name,
    });
    expect(catalog.stream('same')?.revision).toBe(1);
  });

  it('tells in a dry run the same, and does nothing', async () => {
    const { call, catalog } = prepared();
    const answer = await call(admin, 'POST', '/import', { streams, dryRun: true });
    const results = answer.body['results'] as { outcome: string }[];
    expect(results.map(({ outcome }) => outcome)).toEqual(outcomes);
    expect(catalog.streams().map(({ revision }) => revision)).toEqual([1, 1]);
  });

  it.each([true, false])('counts quotas in as it goes (dry run: %s)', async (dryRun) => {
    const { call } = streamServer({ streamsMax: 2, groupStreamsMax: 1 });
    const many = [
      { key: 'a', options: { groups: ['x'] } },
      { key: 'b', options: { groups: ['x'] } },
      { key: 'c' },
      { key: 'd' },
    ];
    const answer = await call(admin, 'POST', '/import', { streams: many, dryRun });
    const results = answer.body['results'] as { outcome: string }[];
    expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'quota', 'created', 'quota']);
  });

  it('tries no more once the registry does not answer', async () => {
    const { call, catalog } = streamServer();
    let writes = 0;
    catalog.beforeWrite = () => {
      writes += 1;
      if (writes > 10) throw new AppError('registry_unavailable', 'away', { retryable: true });
    };
    const many = Array.from({ length: 120 }, (_, index) => ({ key: `s${index}` }));
    const answer = await call(admin, 'POST', '/import', { streams: many });
    const results = answer.body['results'] as { outcome: string }[];
    expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(10);
    expect(results.at(-1)?.outcome).toBe('not_tried');
    expect(writes).toBeLessThanOrEqual(50);
  });

  it('refuses as a whole what is no import, and names the field', async () => {
    const { call } = streamServer();
    const wrong = { streams: [{ key: 'a' }, { key: 'b', titel: 'x' }] };
    expect(await call(admin, 'POST', '/import', wrong)).toMatchObject({
      status: 400,
      body: { code: 'invalid', field: 'streams[1].titel' },
    });
    const tooMany = { streams: Array.from({ length: 10_001 }, () => ({ key: 'a' })) };
    expect(await call(admin, 'POST', '/import', tooMany)).toMatchObject({
      status: 400,
      body: { field: 'streams' },
    });
  });
});
