import { describe, expect, it } from '@jest/globals';
import type { Actor } from '../actor.js';
import { admin, streamServer } from '../testing/stream-server.js';

const editor: Actor = { name: 'user:ed', role: 'editor', groups: ['sport', 'news'] };
const stranger: Actor = { name: 'user:eve', role: 'editor', groups: ['films'] };

function withStreams() {
  const server = streamServer();
  server.catalog.put({ key: 'match', options: { groups: ['sport'] } });
  server.nowMs += 1;
  server.catalog.put({ key: 'film', options: { groups: ['films'] } });
  server.catalog.put({ key: 'both', options: { groups: ['sport', 'films'] } });
  server.catalog.put({ key: 'none' });
  return server;
}

describe('who sees some groups', () => {
  it('lists, counts and exports their streams, and is told of no other', async () => {
    const { call } = withStreams();
    const list = await call(editor, 'GET', '/streams');
    expect(list.body).toMatchObject({ total: 2, streams: [{ key: 'match' }, { key: 'both' }] });
    expect((await call(editor, 'GET', '/export')).body).toMatchObject({
      streams: [{ key: 'match' }, { key: 'both' }],
    });
    expect((await call(editor, 'GET', '/groups')).body).toEqual({
      groups: [
        { name: 'news', streams: 0 },
        { name: 'sport', streams: 2 },
      ],
    });
    expect((await call(admin, 'GET', '/groups')).body).toEqual({
      groups: [
        { name: 'films', streams: 2 },
        { name: 'sport', streams: 2 },
      ],
    });
  });

  it.each(['/streams/film', '/streams/film/history', '/streams/none', '/streams/never'])(
    'gets 404 for %s, as for a stream that is not there',
    async (path) => {
      const { call } = withStreams();
      const answer = await call(editor, 'GET', path);
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found', field: 'key' } });
    },
  );

  it('changes none of the others, whatever the request has', async () => {
    const { call, catalog } = withStreams();
    const headers = { 'if-match': '*' };
    const change = await call(editor, 'PATCH', '/streams/film', { title: 'x' }, headers);
    expect(change.status).toBe(404);
    expect(catalog.stream('film')?.title).toBe('film');
  });

  it('is told nothing of strangers who tried to create a stream of the same key', async () => {
    const { call } = withStreams();
    const body = { key: 'match', title: 'secret of films', options: { groups: ['films'] } };
    expect((await call(stranger, 'POST', '/streams', body)).status).toBe(409);
    const actorsFor = async (actor: Actor, path: string): Promise<string[]> => {
      const { entries } = (await call(actor, 'GET', path)).body as unknown as {
        readonly entries: readonly { readonly actor: string }[];
      };
      return entries.map((entry) => entry.actor);
    };
    for (const path of ['/streams/match/history', '/history']) {
      expect(await actorsFor(editor, path)).not.toContain('user:eve');
      expect(await actorsFor(admin, path)).toContain('user:eve');
    }
  });

  it.each<[string, string[], number]>([
    ['match', ['sport', 'news'], 200],
    ['match', ['news'], 200],
    ['match', [], 403],
    ['match', ['sport', 'films'], 403],
    ['both', ['news', 'films'], 200],
    ['both', ['films'], 403],
    ['both', ['sport'], 403],
  ])('gives %s the groups %j: %d', async (key, groups, status) => {
    const { call } = withStreams();
    const headers = { 'if-match': '"1"' };
    const answer = await call(editor, 'PATCH', `/streams/${key}`, { options: { groups } }, headers);
    expect(answer.status).toBe(status);
    if (status === 403) {
      expect(answer.body).toMatchObject({ code: 'forbidden', field: 'options.groups' });
    }
  });

  it.each<[string[] | undefined, number]>([
    [['sport'], 201],
    [undefined, 403],
    [['sport', 'films'], 403],
  ])('creates a stream of %j: %d', async (groups, status) => {
    const { call } = withStreams();
    const options = groups === undefined ? {} : { groups };
    const answer = await call(editor, 'POST', '/streams', { key: 'new', options });
    expect(answer.status).toBe(status);
  });

  it('reads the history of a key since it was taken anew, by itself and among all', async () => {
    const { call, catalog } = withStreams();
    const told = async (actor: Actor, path: string): Promise<string[]> => {
      const { body } = await call(actor, 'GET', path);
      return (body['entries'] as { key: string }[]).map(({ key }) => key);
    };
    expect(await told(editor, '/history')).toEqual(['both', 'match']);
    catalog.put({ key: 'match', title: 'of before', isArchived: true });
    await call(admin, 'DELETE', '/streams/match', undefined, { 'if-match': '*' });
    const gone = await call(admin, 'GET', '/streams/match/history');
    expect(gone.body).toMatchObject({ entries: [{ actor: 'user:root' }, {}, {}] });
    expect((await call(editor, 'GET', '/streams/match/history')).status).toBe(404);
    expect(await told(editor, '/history')).toEqual(['both']);
    catalog.put({ key: 'match', options: { groups: ['films'] } });
    expect(await told(stranger, '/streams/match/history')).toHaveLength(1);
    expect(await told(admin, '/streams/match/history')).toHaveLength(4);
    expect(await told(stranger, '/history')).toEqual(['match', 'both', 'film']);
    const all = ['match', 'match', 'match', 'none', 'both', 'film', 'match'];
    expect(await told(admin, '/history')).toEqual(all);
  });

  it('reads of a stream that came to their groups nothing of before, by itself and among all', async () => {
    const { call, catalog } = withStreams();
    const secret = (letter: string) => [{ kid: 'k', secret: letter.repeat(43) }];
    const films = { groups: ['films'] };
    const of = async (actor: Actor, path: string): Promise<Record<string, unknown>[]> => {
      const { entries } = (await call(actor, 'GET', path)).body as unknown as {
        readonly entries: Record<string, unknown>[];
      };
      return entries.filter(({ key = 'moved' }) => key === 'moved');
    };
    catalog.put({ key: 'moved', title: 'A', options: films, tokenKeys: secret('A') }, 'user:eve');
    catalog.put({ key: 'moved', title: 'Embargo', options: { ...films, tags: ['hush'] } });
    const groups = { groups: ['sport'] };
    catalog.put({ key: 'moved', title: 'B', options: groups, tokenKeys: secret('B') });
    catalog.put({ key: 'moved', title: 'C' });
    for (const path of ['/streams/moved/history', '/history']) {
      const told = await of(editor, path);
      expect(JSON.stringify(told)).not.toMatch(/Embargo|hush|films|eve|"A/);
      expect(told.map(({ changes }) => changes)).toEqual([
        [{ field: 'title', before: 'B', after: 'C' }],
        [
          { field: 'title', before: '', after: 'B' },
          { field: 'tokenKeys', before: [], after: ['k'] },
          { field: 'options.groups', before: null, after: ['sport'] },
        ],
      ]);
      expect(await of(admin, path)).toHaveLength(4);
    }
  });
});

describe('quotas', () => {
  it('let no more streams be created than there may be, also at the same moment', async () => {
    const { call } = streamServer({ streamsMax: 3, groupStreamsMax: 3 });
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const answers = await Promise.all(keys.map((key) => call(admin, 'POST', '/streams', { key })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 409, 409]);
    expect(answers[3]?.body).toMatchObject({ code: 'quota' });
  });

  it('count a deleted stream no more, and an archived one still', async () => {
    const { call, catalog } = streamServer({ streamsMax: 1, groupStreamsMax: 1 });
    catalog.put({ key: 'a', isArchived: true });
    expect((await call(admin, 'POST', '/streams', { key: 'b' })).status).toBe(409);
    await call(admin, 'DELETE', '/streams/a', undefined, { 'if-match': '"1"' });
    expect((await call(admin, 'POST', '/streams', { key: 'b' })).status).toBe(201);
  });

  it('let a group have no more streams than it may, whichever way they come', async () => {
    const { call, catalog } = streamServer({ streamsMax: 9, groupStreamsMax: 1 });
    catalog.put({ key: 'a', options: { groups: ['x'] } });
    const options = { groups: ['x'] };
    const created = await call(admin, 'POST', '/streams', { key: 'b', options });
    expect(created).toMatchObject({
      status: 409,
      body: { code: 'quota', field: 'options.groups' },
    });
    catalog.put({ key: 'c' });
    const headers = { 'if-match': '"1"' };
    const moved = await call(admin, 'PATCH', '/streams/c', { options }, headers);
    expect(moved).toMatchObject({ status: 409, body: { code: 'quota' } });
    const kept = await call(admin, 'PATCH', '/streams/a', { title: 'A' }, headers);
    expect(kept.status).toBe(200);
  });
});
