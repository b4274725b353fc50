import { describe, expect, it } from '@jest/globals';
import { cursorOf } from '../cursors.js';
import { get, portalWith } from '../testing/asked-portal.js';
import { ago, nowMs, series } from '../testing/portal-server.js';

describe('GET /now', () => {
  it('tells each stream by its latest minute, and none that is not registered', async () => {
    const portal = await portalWith('arena', 10);
    portal.nowMs = ago(10);
    portal.catalog.put({ key: 'left' });
    portal.nowMs = nowMs;
    portal.catalog.put({ key: 'archived', isArchived: true });
    portal.render = ({ targets }) =>
      Promise.resolve(
        targets.some((target) => target.endsWith('.viewers'))
          ? [
              series('viblast.total.viewers', { [ago(3)]: 7, [ago(1)]: 8 }),
              series('viblast.streams.arena.viewers', { [ago(3)]: 5, [ago(1)]: 6 }),
              series('viblast.streams.left.viewers', { [ago(3)]: 2 }),
              series('viblast.streams.stranger.viewers', { [ago(1)]: 1 }),
            ]
          : [
              series('viblast.streams.arena.bytes.cdn', { [ago(1)]: 25 }),
              series('viblast.streams.arena.bytes.p2p', { [ago(1)]: 75 }),
              series('viblast.streams.arena.viewers_by_quality.720p', { [ago(1)]: 6 }),
              series('viblast.streams.arena.viewers_by_quality.360p', { [ago(2)]: 5 }),
            ],
      );
    const { text } = await get(portal, '/now');
    const answer = JSON.parse(text) as { streams: { key: string }[] };
    expect(answer).toMatchObject({ state: 'current', total: { viewers: 8, offload: null } });
    expect(answer.streams).toMatchObject([
      {
        key: 'arena',
        viewers: 6,
        offload: 0.75,
        minuteAtMs: ago(1),
        viewersByQuality: { '720p': 6 },
      },
      { key: 'left', viewers: 0, offload: null, minuteAtMs: ago(1), viewersByQuality: {} },
    ]);
  });

  it('goes on behind titles of any length, in the order that the list of streams has', async () => {
    const portal = await portalWith('arena', 10);
    const long = ['Zebra', 'élan', 'Arena', 'ﷺ', '😀'].map((text) => text.repeat(40).slice(0, 200));
    for (const [index, title] of long.entries())
      portal.catalog.put({ key: `long-${index}`, title });
    type Page = { streams: { key: string }[]; nextCursor: string | null };
    const pageAt = async (path: string): Promise<Page> =>
      JSON.parse((await get(portal, path)).text) as Page;
    const keys: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const behind: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: Page = await pageAt(`/now?sort=title&limit=1${behind}`);
      keys.push(...page.streams.map(({ key }) => key));
      cursor = page.nextCursor;
    }
    const { streams } = await pageAt('/streams?sort=title');
    expect(keys).toEqual(streams.map(({ key }) => key));
  });

  it('has what was created, changed or archived just now, whatever was asked for before', async () => {
    const portal = await portalWith('b', 10);
    const titles = async (): Promise<string[]> => {
      const { text } = await get(portal, '/now?sort=title');
      return (JSON.parse(text) as { streams: { title: string }[] }).streams.map(
        ({ title }) => title,
      );
    };
    expect(await titles()).toEqual(['b']);
    portal.catalog.put({ key: 'a' });
    expect(await titles()).toEqual(['a', 'b']);
    portal.catalog.put({ key: 'a', title: 'c' });
    expect(await titles()).toEqual(['b', 'c']);
    portal.catalog.put({ key: 'b', isArchived: true });
    expect(await titles()).toEqual(['c']);
  });

  it.each([
    ['another order', ['key', 'desc', 'arena', 'arena']],
    ['another sort', ['viewers', 'asc', 3, 'arena']],
    ['a value of another kind', ['key', 'asc', 3, 'arena']],
  ])('refuses a cursor of %s', async (_what, place) => {
    const portal = await portalWith('arena', 10);
    const { status, text } = await get(portal, `/now?sort=key&cursor=${cursorOf(place)}`);
    expect(status).toBe(400);
    expect(text).toContain('cursor: no nextCursor of this order');
  });

  it('does not call unknown figures zero', async () => {
    const portal = await portalWith('arena', 10);
    expect(JSON.parse((await get(portal, '/now')).text)).toMatchObject({
      state: 'no_data',
      total: { viewers: null, cdnBytes: null, offload: null },
      streams: [{ key: 'arena', viewers: null, viewersByQuality: {} }],
    });
  });

  it('knows nothing of a series that Graphite cannot read, and all of the others', async () => {
    const portal = await portalWith('arena', 10);
    portal.nowMs = ago(10);
    portal.catalog.put({ key: 'studio' });
    portal.nowMs = nowMs;
    portal.unreadable = ['viblast.streams.arena.viewers', 'viblast.streams.studio.bytes.cdn'];
    portal.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', { [ago(1)]: 8 }),
        series('viblast.streams.studio.viewers', { [ago(1)]: 8 }),
      ]);
    const answer = JSON.parse((await get(portal, '/now')).text) as object;
    expect(answer).toMatchObject({
      state: 'current',
      total: { viewers: 8 },
      streams: [
        { key: 'arena', viewers: null, cdnBytes: 0 },
        { key: 'studio', viewers: 8, cdnBytes: null, peerBytes: 0 },
      ],
    });
  });

  it('is asked of Graphite once for all that ask together', async () => {
    const portal = await portalWith('arena', 10);
    portal.render = () => Promise.resolve([series('viblast.total.viewers', { [ago(1)]: 2 })]);
    await Promise.all([1, 2, 3].map(() => get(portal, '/now')));
    // The first one also looks since when rollups tell what is closed, in minutes and years: never.
    expect(portal.requests).toHaveLength(5);
    portal.nowMs += 5_000;
    await get(portal, '/now');
    expect(portal.requests).toHaveLength(8);
  });
});
