import { describe, expect, it } from '@jest/globals';
import type { ReadableColumns } from '../../graphite/index.js';
import { holdbackFacets, holdbackGroups, holdbackPart } from '../../schemas/index.js';
import {
  ago,
  bearer,
  minuteMs,
  minuteNow,
  nowMs,
  series,
  testPortal,
  type TestPortal,
} from '../testing/portal-server.js';

const range = `from=${ago(3)}&until=${minuteNow}`;
const told = { [ago(3)]: 1, [ago(2)]: 1, [ago(1)]: 1 };

async function portalAsking(graphiteFacets: readonly string[]): Promise<TestPortal> {
  const portal = await testPortal();
  portal.nowMs = ago(60);
  portal.catalog.put({
    key: 'arena',
    options: { graphiteFacets, policy: { holdbackPercent: 10 } },
  });
  portal.nowMs = nowMs;
  return portal;
}

async function get(portal: TestPortal, path: string): Promise<unknown> {
  const url = `/api/v1/streams/arena/${path}?${range}`;
  return (await portal.app.inject({ url, headers: bearer })).json();
}

describe('GET /streams/:key/facets/:facet', () => {
  it('adds up the range by value, those that most watched first', async () => {
    const portal = await portalAsking(['label.plan']);
    const base = 'viblast.facets.arena.label~2Eplan';
    portal.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', told),
        series(`${base}.free.viewers`, { [ago(3)]: 1 }),
        series(`${base}.free.viewers_average`, { [ago(3)]: 0.5 }),
        series(`${base}.paid~20up.viewers`, { [ago(3)]: 2, [ago(2)]: 4 }),
        series(`${base}.paid~20up.viewers_average`, { [ago(3)]: 1, [ago(2)]: 3 }),
        series(`${base}.paid~20up.bytes.cdn`, { [ago(3)]: 10, [ago(1)]: 20 }),
        series(`${base}.paid~20up.bytes.p2p`, { [ago(2)]: 70 }),
        series(`${base}.paid~20up.stall_ratio`, { [ago(3)]: 0.5, [ago(2)]: 0 }),
        series(`${base}.paid~20up.views.played`, { [ago(3)]: 1, [ago(2)]: 3 }),
        series(`${base}.paid~20up.state_ms.starting`, { [ago(3)]: 3_000, [ago(2)]: 600 }),
      ]);
    expect(await get(portal, 'facets/label.plan')).toMatchObject({
      facet: 'label.plan',
      closedUntilMs: minuteNow,
      values: [
        {
          value: 'paid up',
          viewers: 2,
          watchedMs: 4 * minuteMs,
          cdnBytes: 30,
          peerBytes: 70,
          offload: 0.7,
          // A minute stalled, of four watched and that one.
          stallRatio: 0.2,
          // Of four views 3.6 s before the first frame.
          startupMeanMs: 900,
        },
        {
          value: 'free',
          watchedMs: 0.5 * minuteMs,
          cdnBytes: 0,
          stallRatio: 0,
          startupMeanMs: null,
        },
      ],
    });
  });

  describe('that a stream did not always ask for', () => {
    const watched = series('viblast.streams.arena.viewers', {
      [ago(3)]: 100,
      [ago(2)]: 100,
      [ago(1)]: 100,
    });
    const ofGermany = (metric: string, points: Readonly<Record<number, number>>) =>
      series(`viblast.facets.arena.country.de.${metric}`, points);
    const answerOf = async (...figures: readonly ReturnType<typeof series>[]): Promise<unknown> => {
      const portal = await portalAsking(['country']);
      portal.render = () => Promise.resolve([series('viblast.total.viewers', told), ...figures]);
      return await get(portal, 'facets/country');
    };

    it('is known since it did, not 0 before', async () => {
      const points = { [ago(1)]: 100 };
      const figures = [ofGermany('viewers', points), ofGermany('views.played', { [ago(1)]: 7 })];
      expect(await answerOf(watched, ...figures)).toMatchObject({
        knownFromMs: ago(1),
        values: [{ value: 'de', viewers: 100, viewsPlayed: 7, stalls: 0 }],
      });
    });

    it('is known since it did so again', async () => {
      const points = { [ago(3)]: 40, [ago(1)]: 100 };
      expect(await answerOf(watched, ofGermany('viewers', points))).toMatchObject({
        knownFromMs: ago(1),
        values: [{ viewers: 100 }],
      });
    });

    it('is 0 as long as nobody watched at all', async () => {
      const points = { [ago(1)]: 99 };
      const since = series('viblast.streams.arena.viewers', points);
      expect(await answerOf(since, ofGermany('viewers', points))).toMatchObject({
        knownFromMs: ago(3),
        values: [{ viewers: 33 }],
      });
    });

    it('is not known at all where it never did', async () => {
      expect(await answerOf(watched)).toMatchObject({ knownFromMs: null, values: [] });
    });

    it('leaves out a step of several minutes in which it may have begun', async () => {
      const portal = await portalAsking(['country']);
      portal.nowMs = ago(3_000);
      portal.catalog.put({ key: 'old', options: { graphiteFacets: ['country'] } });
      portal.nowMs = nowMs;
      const minutes = (count: number): Record<number, number> =>
        Object.fromEntries(Array.from({ length: count }, (_, at) => [ago(at + 1), 100]));
      const base = 'viblast.facets.old.country.de';
      portal.render = () =>
        Promise.resolve([
          series('viblast.total.viewers', minutes(2_000)),
          series('viblast.streams.old.viewers', minutes(2_000)),
          series(`${base}.viewers`, minutes(45)),
        ]);
      const url = `/api/v1/streams/old/facets/country?from=${ago(1_900)}&until=${minuteNow}`;
      const answer: unknown = (await portal.app.inject({ url, headers: bearer })).json();
      const { knownFromMs } = answer as { readonly knownFromMs: number };
      expect(knownFromMs).toBeGreaterThanOrEqual(ago(45));
      expect(knownFromMs).toBeLessThan(ago(25));
      expect(answer).toMatchObject({ values: [{ viewers: 100 }] });
    });
  });

  it('names a value whose figures can not be read, and knows none of them', async () => {
    const portal = await portalAsking(['country']);
    portal.unreadable = ['viblast.facets.arena.country.de.viewers'];
    portal.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', told),
        series('viblast.facets.arena.country.at.viewers', told),
      ]);
    const values: unknown = expect.arrayContaining([
      expect.objectContaining({ value: 'at', viewers: 1 }),
      expect.objectContaining({ value: 'de', viewers: null }),
    ]);
    expect(await get(portal, 'facets/country')).toMatchObject({ values });
  });

  it('counts minutes in which all only stalled as long as they can have', async () => {
    const portal = await portalAsking(['country']);
    const base = 'viblast.facets.arena.country.de';
    const minutes = (...values: readonly number[]) =>
      Object.fromEntries(values.map((value, index) => [ago(3 - index), value]));
    portal.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', told),
        series(`${base}.viewers`, minutes(10, 10, 10)),
        series(`${base}.viewers_average`, minutes(10, 1, 0)),
        series(`${base}.stall_ratio`, minutes(0, 0.9, 1)),
      ]);
    // Ten minutes watched, one and nine stalled, ten stalled.
    const stallRatio: unknown = expect.closeTo(19 / 30);
    expect(await get(portal, 'facets/country')).toMatchObject({ values: [{ stallRatio }] });
  });

  it('says that a stream does not ask for the facet', async () => {
    const portal = await portalAsking(['country']);
    expect(await get(portal, 'facets/label.plan')).toMatchObject({ code: 'facet_not_asked' });
    expect(await get(portal, 'holdback')).toMatchObject({ code: 'facet_not_asked' });
  });
});

describe('GET /streams/:key/holdback', () => {
  it('tells both groups side by side, and that a few minutes decide nothing', async () => {
    const portal = await portalAsking(['holdback']);
    const base = 'viblast.facets.arena.holdback';
    portal.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', told),
        series(`${base}.with_peers.viewers_average`, { [ago(3)]: 9 }),
        series(`${base}.held_back.viewers_average`, { [ago(3)]: 1 }),
      ]);
    expect(await get(portal, 'holdback')).toMatchObject({
      percent: 10,
      withPeers: { watchedMs: 9 * minuteMs },
      heldBack: { watchedMs: minuteMs },
      verdicts: [
        { figure: 'stall_ratio', verdict: 'unclear' },
        { figure: 'startup', verdict: 'unclear' },
        { figure: 'bitrate', verdict: 'unclear' },
      ],
    });
  });
});

describe.each([7, 30, 365])('of the last %d days', (days) => {
  const begunMs = ago(170);
  const watched = (value: number, minutes = 170): Readonly<Record<number, number>> =>
    Object.fromEntries(Array.from({ length: minutes }, (_, at) => [ago(at + 1), value]));
  const base = 'viblast.facets.event.device.mobile';
  const ofParts = [holdbackGroups.withPeers, holdbackGroups.heldBack].flatMap((group, at) =>
    Array.from({ length: 6 }, (_, part) => {
      const name = `viblast.facets.event.${holdbackFacets.part}.${holdbackPart(group, part)}`;
      return [
        series(`${name}.views_played`, watched(1)),
        series(`${name}.starting_ms`, watched(100 * (at + 1))),
      ];
    }).flat(),
  );

  it.each([
    ['registered long before', ago(600_000)],
    ['registered for it', begunMs + 20_000],
  ])('an event that has just begun is told up to now: %s', async (_name, registeredAtMs) => {
    const portal = await testPortal();
    portal.nowMs = registeredAtMs;
    portal.catalog.put({ key: 'event', options: { graphiteFacets: ['device', 'holdback'] } });
    portal.nowMs = nowMs;
    const told = [
      series('viblast.total.viewers', watched(100, 1_000)),
      series('viblast.streams.event.viewers', watched(100)),
      series(`${base}.viewers`, watched(100)),
      series(`${base}.viewers_average`, watched(50)),
      series(`${base}.bytes.cdn`, watched(1_000)),
      series('viblast.facets.event.holdback.with_peers.viewers', watched(100)),
      series('viblast.facets.event.holdback.with_peers.bytes.cdn', watched(1_000)),
      ...ofParts,
    ];
    portal.render = ({ targets }) => {
      const starts = targets.map((target) => target.split('*')[0] ?? '');
      return Promise.resolve(
        told.filter(({ name }) => starts.some((start) => name.startsWith(start))),
      );
    };
    const url = (path: string): string =>
      `/api/v1/streams/event/${path}?from=${nowMs - days * 86_400_000}&until=${nowMs}`;
    const ask = async (path: string): Promise<unknown> =>
      (await portal.app.inject({ url: url(path), headers: bearer })).json();
    expect(await ask('facets/device')).toMatchObject({
      values: [{ value: 'mobile', cdnBytes: 170_000, watchedMs: 50 * 170 * minuteMs }],
    });
    expect(await ask('holdback')).toMatchObject({
      withPeers: { cdnBytes: 170_000 },
      verdicts: [{}, { figure: 'startup', difference: -100 }, {}],
    });
  });
});

it('counts nothing twice where Graphite has coarser points than are shipped', async () => {
  const hourMs = 60 * minuteMs;
  const begunMs = ago(170);
  const names = ['viblast.total.viewers', 'viblast.facets.event.device.mobile.bytes.cdn'];
  const graphite: ReadableColumns = ({ targets, fromMs: askedMs, untilMs }) => {
    const stepMs = askedMs < nowMs - 86_400_000 ? hourMs : minuteMs;
    const fromMs = Math.floor(askedMs / stepMs) * stepMs;
    const told = names.filter((name) =>
      targets.some((target) => name.startsWith(target.split('*')[0] ?? '')),
    );
    const minutesIn = (timeMs: number): number =>
      Math.max(0, Math.min(timeMs + stepMs, minuteNow) - Math.max(timeMs, begunMs)) / minuteMs;
    const count = Math.ceil((untilMs - fromMs) / stepMs);
    const values = Float64Array.from({ length: count }, (_, at) => minutesIn(fromMs + at * stepMs));
    return Promise.resolve({
      series: told.map((name) => ({ name, fromMs, stepMs, values })),
      unreadable: [],
    });
  };
  const portal = await testPortal({}, graphite);
  portal.nowMs = begunMs + 20_000;
  portal.catalog.put({ key: 'event', options: { graphiteFacets: ['device'] } });
  portal.nowMs = nowMs;
  const url = `/api/v1/streams/event/facets/device?from=${nowMs - 30 * 86_400_000}&until=${nowMs}`;
  const answer: unknown = (await portal.app.inject({ url, headers: bearer })).json();
  const overMs = Math.floor(nowMs / hourMs) * hourMs;
  const cdnBytes = (overMs - begunMs) / minuteMs;
  expect(answer).toMatchObject({ values: [{ value: 'mobile', cdnBytes }] });
});
