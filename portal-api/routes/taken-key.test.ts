import { describe, expect, it } from '@jest/globals';
import { registryLimits } from '../../registry/index.js';
import { get } from '../testing/asked-portal.js';
import {
  ago,
  bearer,
  minuteNow,
  nowMs,
  partialPartitions,
  series,
  testPortal,
  type TestPortal,
} from '../testing/portal-server.js';

const everyMinute = (viewers: number): Record<number, number> =>
  Object.fromEntries([6, 5, 4, 3, 2, 1].map((minute) => [ago(minute), viewers]));

/** A portal in which somebody else's stream had the key until within the third minute ago. */
async function portalWithTakenKey(): Promise<TestPortal> {
  const portal = await testPortal();
  portal.nowMs = ago(60);
  portal.catalog.put({ key: 'match', isArchived: true, options: { groups: ['sport'] } });
  portal.catalog.put({ key: 'other', options: { groups: ['films'] } });
  portal.nowMs = ago(3) + 20_000;
  const headers = { ...bearer, 'if-match': '*' };
  const url = '/api/v1/streams/match';
  expect((await portal.app.inject({ method: 'DELETE', url, headers })).statusCode).toBe(204);
  const options = { groups: ['films'], graphiteFacets: ['country'] };
  portal.catalog.put({ key: 'match', options });
  // The trail forgets in time that there was a deletion.
  for (let change = 0; change < registryLimits.historyMax; change += 1) {
    portal.catalog.put({ key: 'match', title: `${change}` });
  }
  portal.nowMs = nowMs;
  const base = 'viblast.streams.match';
  const before = { [ago(6)]: 500, [ago(5)]: 500 };
  portal.render = () =>
    Promise.resolve([
      series('viblast.total.viewers', everyMinute(600)),
      ...Array.from({ length: partialPartitions }, (_, partition) =>
        series(`viblast.progress.${partition}.closed`, everyMinute(1)),
      ),
      series('viblast.streams.other.viewers', everyMinute(9)),
      series(`${base}.viewers`, { ...before, [ago(3)]: 500, [ago(2)]: 4, [ago(1)]: 5 }),
      series(`${base}.viewers_average`, { ...before, [ago(1)]: 5 }),
      series(`${base}.stall_ratio`, { ...before, [ago(1)]: 0.5 }),
      series(`${base}.browsers.Safari`, before),
      series(`${base}.bytes.cdn`, { ...before, [ago(1)]: 7 }),
      series('viblast.facets.match.country.de.viewers', { ...before, [ago(3)]: 500 }),
      series('viblast.facets.match.country.fr.viewers', { [ago(2)]: 4, [ago(1)]: 5 }),
    ]);
  return portal;
}

const range = `from=${ago(6)}&until=${minuteNow}`;
const ask = async (portal: TestPortal, path: string): Promise<unknown> =>
  JSON.parse((await get(portal, path)).text);

describe('a stream whose key was that of a deleted one', () => {
  it('has no figures of that one, nor of the minute that has both', async () => {
    const portal = await portalWithTakenKey();
    const answer = (await ask(portal, `/streams/match/metrics?${range}`)) as {
      readonly series: { readonly browsers: object };
    };
    expect(answer.series).toMatchObject({
      viewers: [null, null, null, null, 4, 5],
      cdnBytes: [null, null, null, null, 0, 7],
      stallRatio: [null, null, null, null, null, 0.5],
    });
    expect(answer.series.browsers).toEqual({});
    const csv = await get(portal, `/streams/match/metrics?${range}&format=csv`);
    expect(csv.text).not.toMatch(/,500,|Safari/);
  });

  it('has none of them by a facet either', async () => {
    const portal = await portalWithTakenKey();
    expect(await ask(portal, `/streams/match/facets/country?${range}`)).toMatchObject({
      values: [{ value: 'fr', viewers: 4.5 }],
    });
  });

  it('brings none of them into its groups', async () => {
    const portal = await portalWithTakenKey();
    expect(await ask(portal, `/groups/films/metrics?${range}`)).toMatchObject({
      series: { viewers: [9, 9, 9, null, 13, 14] },
    });
    const { total } = (await ask(portal, '/now?group=films')) as {
      readonly total: { readonly viewersHistory: readonly unknown[] };
    };
    expect(total.viewersHistory.slice(-7)).toEqual([9, 9, 9, null, 13, 14, null]);
  });

  it('has none of them in lists, also as long as theirs are the latest', async () => {
    const portal = await portalWithTakenKey();
    const { streams } = (await ask(portal, '/now?search=match')) as {
      readonly streams: readonly [{ readonly viewersHistory: readonly unknown[] }];
    };
    const history = streams[0].viewersHistory.slice(-7);
    expect(history).toEqual([null, null, null, null, 4, 5, null]);
    const early = await portalWithTakenKey();
    early.nowMs = ago(2) + 10_000;
    const latest = { [ago(3)]: 500 };
    early.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', latest),
        series('viblast.streams.match.viewers', latest),
        series('viblast.streams.match.viewers_by_quality.720p', latest),
        series('viblast.streams.match.bytes.cdn', latest),
      ]);
    expect(await ask(early, '/now?search=match')).toMatchObject({
      total: { viewers: 500 },
      streams: [{ state: 'no_data', viewers: null, cdnBytes: null, viewersByQuality: {} }],
    });
  });

  it('is told as ever where the key was nobody’s before', async () => {
    const portal = await portalWithTakenKey();
    expect(await ask(portal, `/streams/other/metrics?${range}`)).toMatchObject({
      series: { viewers: [9, 9, 9, 9, 9, 9] },
    });
  });
});
