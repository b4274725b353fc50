import { describe, expect, it } from '@jest/globals';
import { get, portalWith } from '../testing/asked-portal.js';
import {
  ago,
  minuteMs,
  minuteNow,
  nowMs,
  partialPartitions,
  series,
  testPortal,
} from '../testing/portal-server.js';

const dayMinutes = 1_440;

describe('GET /streams/:key/peak', () => {
  it('tells the minute with most viewers of a range that is told in long steps', async () => {
    const portal = await portalWith('arena', 40 * dayMinutes);
    const viewers = { [ago(9_000)]: 10, [ago(8_000)]: 10_000, [ago(7_999)]: 10 };
    portal.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', viewers),
        series('viblast.streams.arena.viewers', viewers),
      ]);
    const query = `from=${ago(20 * dayMinutes)}&until=${minuteNow}`;
    expect(JSON.parse((await get(portal, `/streams/arena/peak?${query}`)).text)).toMatchObject({
      intervalMs: minuteMs,
      viewers: 10_000,
      atMs: ago(8_000),
    });
    const read = portal.requests.filter(({ targets }) => targets.some((one) => /arena/.test(one)));
    const targets: unknown = expect.arrayContaining(['viblast.streams.arena.viewers']);
    expect(read).toMatchObject([{ targets }]);
    const total = await get(portal, `/total/peak?${query}`);
    expect(JSON.parse(total.text)).toMatchObject({ viewers: 10_000, atMs: ago(8_000) });
  });

  it('says from where on there are minutes, and knows none of what is older', async () => {
    const portal = await portalWith('arena', 400 * dayMinutes);
    portal.render = () => Promise.resolve([]);
    const peak = async (fromMs: number, untilMs: number): Promise<unknown> =>
      JSON.parse((await get(portal, `/streams/arena/peak?from=${fromMs}&until=${untilMs}`)).text);
    const untilMs = ago(39 * dayMinutes) - (ago(39 * dayMinutes) % (10 * minuteMs));
    const none = { viewers: null, atMs: null };
    expect(await peak(ago(40 * dayMinutes), untilMs)).toMatchObject({ ...none, fromMs: untilMs });
    const { fromMs } = (await peak(ago(40 * dayMinutes), minuteNow)) as { readonly fromMs: number };
    expect(fromMs).toBeGreaterThan(ago(30 * dayMinutes));
    expect(fromMs).toBeLessThan(ago(30 * dayMinutes) + 30 * minuteMs);
  });

  it('hides streams that the caller does not see, as other calls do', async () => {
    const portal = await portalWith('arena', 10);
    expect((await get(portal, '/streams/other/peak')).status).toBe(404);
  });
});

describe('GET /groups/:group/peak', () => {
  it('tells the minute in which most watched its streams together', async () => {
    const portal = await testPortal();
    portal.nowMs = ago(40 * dayMinutes);
    for (const key of ['a', 'b']) portal.catalog.put({ key, options: { groups: ['news'] } });
    portal.nowMs = nowMs;
    const closed = { [ago(8_001)]: 1, [ago(8_000)]: 1, [ago(7_999)]: 1 };
    portal.render = () =>
      Promise.resolve([
        ...Array.from({ length: partialPartitions }, (_, partition) =>
          series(`viblast.progress.${partition}.closed`, closed),
        ),
        series('viblast.streams.a.viewers', { [ago(8_001)]: 50, [ago(8_000)]: 30 }),
        // What `a` had in the last of these isn't known.
        series('viblast.streams.b.viewers', {
          [ago(8_000)]: 30,
          [ago(7_999)]: 45,
          [ago(7_000)]: 90,
        }),
      ]);
    const query = `from=${ago(20 * dayMinutes)}&until=${minuteNow}`;
    const peak = await get(portal, `/groups/news/peak?${query}`);
    expect(JSON.parse(peak.text)).toMatchObject({ viewers: 60, atMs: ago(8_000) });
    expect((await get(portal, '/groups/sport/peak')).status).toBe(404);
  });
});
