import { describe, expect, it } from '@jest/globals';
import { registryLimits } from '../../registry/index.js';
import { admin, streamServer } from '../testing/stream-server.js';

const secret = 'c2VjcmV0LW9mLWEtdGVzdC10aGF0LWlzLWxvbmctZW5vdWdo';

describe('GET /streams/:key/history', () => {
  it('tells who changed what, the newest first, page by page', async () => {
    const { call, catalog } = streamServer();
    catalog.put({ key: 'arena', title: 'A', tokenKeys: [{ kid: 'k', secret }] }, 'ann');
    catalog.put({ key: 'arena', title: 'B' }, 'ben');
    catalog.put({ key: 'arena', title: 'C' }, 'cleo');
    const first = await call(admin, 'GET', '/streams/arena/history?limit=2');
    expect(first.body).toMatchObject({
      entries: [
        {
          actor: 'cleo',
          outcome: 'accepted',
          expectedRevision: 2,
          changes: [{ field: 'title', before: 'B', after: 'C' }],
        },
        { actor: 'ben' },
      ],
    });
    const { nextCursor } = first.body as { nextCursor: string };
    const last = await call(admin, 'GET', `/streams/arena/history?cursor=${nextCursor}`);
    expect(last.body).toMatchObject({ entries: [{ actor: 'ann' }], nextCursor: null });
    expect(JSON.stringify(last.body)).not.toContain(secret);
  });

  it.each(['/streams/arena/history', '/history'])('refuses a wrong cursor: %s', async (path) => {
    const { call, catalog } = streamServer();
    catalog.put({ key: 'arena' });
    const wrong = await call(admin, 'GET', `${path}?cursor=x`);
    expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid', field: 'cursor' } });
  });
});

interface Told {
  readonly entries: readonly { readonly key: string; readonly actor: string }[];
  readonly nextCursor: string | null;
}

function withChanges() {
  const server = streamServer();
  const { call, catalog } = server;
  catalog.put({ key: 'match', title: 'A', options: { groups: ['sport'] } }, 'user:ann');
  catalog.put({ key: 'film', options: { groups: ['films'] } }, 'user:ben');
  catalog.put({ key: 'match', title: 'B' }, 'user:ben');
  catalog.put({ key: 'none', tokenKeys: [{ kid: 'k', secret }] }, 'user:ann');
  const told = async (query: string): Promise<Told> =>
    (await call(admin, 'GET', `/history${query}`)).body as unknown as Told;
  const lines = async (query: string): Promise<string[]> =>
    (await told(query)).entries.map(({ key, actor }) => `${key} ${actor}`);
  return { ...server, told, lines };
}

describe('GET /history', () => {
  it('tells the changes of all streams as they are told of each, the newest first', async () => {
    const { call, told, lines } = withChanges();
    expect(await lines('')).toEqual([
      'none user:ann',
      'match user:ben',
      'film user:ben',
      'match user:ann',
    ]);
    const { entries } = await told('');
    const ofMatch = (await call(admin, 'GET', '/streams/match/history')).body as unknown as Told;
    expect(entries.filter(({ key }) => key === 'match')).toEqual(
      ofMatch.entries.map((entry) => ({ ...entry, key: 'match' })),
    );
    expect(JSON.stringify(entries)).not.toContain(secret);
  });

  it('goes on behind the last entry of a page, whatever is changed meanwhile', async () => {
    const { catalog, told } = withChanges();
    const first = await told('?limit=3');
    expect(first.entries).toHaveLength(3);
    catalog.put({ key: 'film', title: 'Another' });
    const last = await told(`?limit=3&cursor=${first.nextCursor}`);
    expect(last).toMatchObject({ entries: [{ key: 'match', actor: 'user:ann' }] });
    expect(last.nextCursor).toBeNull();
  });

  it('is of a group or of who made them, where that is asked for', async () => {
    const { lines } = withChanges();
    expect(await lines('?group=sport')).toEqual(['match user:ben', 'match user:ann']);
    expect(await lines('?actor=user:ben')).toEqual(['match user:ben', 'film user:ben']);
    expect(await lines('?actor=user:ben&group=films')).toEqual(['film user:ben']);
    expect(await lines('?actor=user')).toEqual([]);
  });

  it('has those of a deleted stream, by the group that it was of', async () => {
    const { call, catalog, lines } = withChanges();
    catalog.put({ key: 'film', isArchived: true }, 'user:ben');
    await call(admin, 'DELETE', '/streams/film', undefined, { 'if-match': '*' });
    const expected = ['film user:root', 'film user:ben', 'film user:ben'];
    expect(await lines('?group=films')).toEqual(expected);
  });

  it('leaves out what the trail of a stream holds no more', async () => {
    const { catalog, lines } = withChanges();
    const changes = registryLimits.historyMax;
    for (let change = 0; change < changes; change += 1) {
      catalog.put({ key: 'match', title: `${change}` }, 'user:cleo');
    }
    const kept = await lines('?limit=500');
    // What the oldest one that is held changed isn't known.
    expect(kept.filter((line) => line.startsWith('match'))).toHaveLength(changes - 1);
    expect(kept.slice(changes - 1)).toEqual(['none user:ann', 'film user:ben']);
  });
});
