import { describe, expect, it } from '@jest/globals';
import { holdbackGroups, holdbackPart, holdbackParts, sumMax } from '../../schemas/index.js';
import { get, portalWith } from '../testing/asked-portal.js';
import {
  ago,
  minuteMs,
  minuteNow,
  nowMs,
  series,
  testPortal,
  type TestPortal,
} from '../testing/portal-server.js';

const range = `from=${ago(3)}&until=${minuteNow}`;
const told = series('viblast.total.viewers', { [ago(3)]: 1, [ago(2)]: 1, [ago(1)]: 1 });

/** The points of a stream with sums at their bound two minutes ago, and in every other metric. */
function pointsOf(base: string) {
  return [
    series(`${base}.viewers`, { [ago(3)]: 4, [ago(2)]: 4, [ago(1)]: 4 }),
    series(`${base}.viewers_average`, { [ago(3)]: 2, [ago(2)]: sumMax / minuteMs, [ago(1)]: 2 }),
    series(`${base}.bytes.cdn`, { [ago(3)]: 7, [ago(2)]: sumMax, [ago(1)]: sumMax }),
    series(`${base}.bytes.p2p`, { [ago(3)]: 7 }),
    series(`${base}.bytes_by_quality.a~2Fb.cdn`, { [ago(2)]: sumMax }),
    series(`${base}.bytes.cdn_by_reason.alone`, { [ago(2)]: sumMax - 1_000 }),
    series(`${base}.stall_ratio`, { [ago(3)]: 0.5, [ago(2)]: 0.5, [ago(1)]: 0.5 }),
    series(`${base}.bitrate_kbps`, { [ago(3)]: 800, [ago(2)]: 900, [ago(1)]: 2 ** 50 }),
  ];
}

async function portalAtBound(): Promise<TestPortal> {
  const portal = await portalWith('arena', 2_000);
  portal.render = () => Promise.resolve([told, ...pointsOf('viblast.streams.arena')]);
  return portal;
}

async function json(portal: TestPortal, path: string): Promise<Record<string, unknown>> {
  const { status, text } = await get(portal, path);
  expect([status, text]).toEqual([200, text]);
  return JSON.parse(text) as Record<string, unknown>;
}

describe('a sum at its bound', () => {
  it('is named in each step of a range, and what is a ratio of it is not known', async () => {
    const answer = await json(await portalAtBound(), `/streams/arena/metrics?${range}`);
    expect(answer).toMatchObject({
      atLeast: [
        '/series/viewersAverage/1',
        '/series/cdnBytes/1',
        '/series/cdnBytes/2',
        // Before these were told they follow from the ratios and the time watched.
        '/series/stalledMs/1',
        '/series/playedBits/1',
        '/series/playedBits/2',
        '/series/playedBitrateMs/1',
        '/series/bytesByQuality/a~1b/cdnBytes/1',
      ],
      series: {
        cdnBytes: [7, sumMax, sumMax],
        // What was watched is at its bound in the second minute, what was played in the third.
        stallRatio: [0.5, null, 0.5],
        bitrateKbps: [800, null, null],
      },
    });
  });

  it('is named among the series that are asked for, and no other', async () => {
    const answer = await json(
      await portalAtBound(),
      `/streams/arena/metrics?${range}&series=cdnBytes`,
    );
    expect(answer['atLeast']).toEqual(['/series/cdnBytes/1', '/series/cdnBytes/2']);
  });

  it('keeps a step of many minutes at it, also where Graphite has added them up', async () => {
    const stepMs = 10 * minuteMs;
    const values: Readonly<Record<string, readonly number[]>> = {
      'viblast.total.viewers': [1, 1],
      'viblast.streams.arena.viewers': [sumMax / 10, 5],
      'viblast.streams.arena.viewers_average': [(sumMax / minuteMs + 9) / 10, 5],
      'viblast.streams.arena.bytes.p2p': [3 * sumMax, 7],
      'viblast.streams.arena.stall_ratio': [0.5, 0.5],
    };
    const untilMs = Math.floor(ago(20) / stepMs) * stepMs;
    const fromMs = untilMs - 2 * stepMs;
    const portal = await testPortal({}, () =>
      Promise.resolve({
        series: Object.entries(values).map(([name, points]) => {
          return { name, fromMs, stepMs, values: Float64Array.from(points) };
        }),
        unreadable: [],
      }),
    );
    portal.nowMs = ago(2_000);
    portal.catalog.put({ key: 'arena' });
    portal.nowMs = nowMs;
    const names = 'viewers,viewersAverage,peerBytes,stallRatio';
    const query = `from=${ago(1_600)}&until=${untilMs}&series=${names}`;
    const answer = await json(portal, `/streams/arena/metrics?${query}`);
    const first = (answer['times'] as readonly number[]).length - 2;
    expect(answer).toMatchObject({
      stepMs,
      atLeast: ['viewers', 'viewersAverage', 'peerBytes'].map((of) => `/series/${of}/${first}`),
    });
    const told = answer['series'] as Readonly<Record<string, readonly (number | null)[]>>;
    expect(told['peerBytes']?.slice(-2)).toEqual([sumMax, 7]);
    expect(told['stallRatio']?.slice(-2)).toEqual([null, 0.5]);
  });

  it('is named in a column of CSV', async () => {
    const query = `${range}&series=cdnBytes,peerBytes,bytesByQuality&format=csv`;
    const { text } = await get(await portalAtBound(), `/streams/arena/metrics?${query}`);
    const lines = text.trimEnd().split('\r\n');
    expect(lines.map((line) => line.split(',').slice(2))).toEqual([
      ['cdn_bytes', 'peer_bytes', 'cdn_bytes quality a/b', 'peer_bytes quality a/b', 'at_least'],
      ['7', '7', '0', '0', ''],
      [`${sumMax}`, '0', `${sumMax}`, '0', 'cdn_bytes;cdn_bytes quality a/b'],
      [`${sumMax}`, '0', '0', '0', 'cdn_bytes'],
    ]);
  });

  it('is what a group has together as soon as one of its streams has it', async () => {
    const portal = await portalAtBound();
    for (const key of ['one', 'two']) {
      portal.nowMs = ago(60);
      portal.catalog.put({ key, options: { groups: ['news'] } });
    }
    portal.nowMs = nowMs;
    portal.render = () =>
      Promise.resolve([
        told,
        ...pointsOf('viblast.streams.one'),
        series('viblast.streams.two.viewers', { [ago(2)]: 2 }),
        series('viblast.streams.two.viewers_average', { [ago(2)]: 2 }),
        series('viblast.streams.two.stall_ratio', { [ago(2)]: 0.2 }),
        series('viblast.streams.two.bytes.cdn', { [ago(2)]: sumMax, [ago(1)]: 5 }),
      ]);
    const query = `${range}&series=cdnBytes,stallRatio`;
    expect(await json(portal, `/groups/news/metrics?${query}`)).toMatchObject({
      series: { cdnBytes: [7, sumMax, sumMax], stallRatio: [0.5, null, 0.5] },
      atLeast: ['/series/cdnBytes/1', '/series/cdnBytes/2'],
    });
    expect(await json(portal, '/now?group=news')).toMatchObject({
      total: { cdnBytes: sumMax, peerBytes: 0, offload: null, atLeast: ['/cdnBytes'] },
      streams: [
        { key: 'one', cdnBytes: sumMax, offload: null, atLeast: ['/cdnBytes'] },
        { key: 'two', cdnBytes: 5, offload: 0, atLeast: [] },
      ],
    });
  });

  it('is named in the values of a facet and in the peak, and leaves verdicts unclear', async () => {
    const portal = await portalWith('other', 60);
    portal.nowMs = ago(60);
    const options = { graphiteFacets: ['holdback'], policy: { holdbackPercent: 10 } };
    portal.catalog.put({ key: 'arena', options });
    portal.nowMs = nowMs;
    const base = 'viblast.facets.arena';
    const parts = Object.values(holdbackGroups).flatMap((group) =>
      Array.from({ length: holdbackParts }, (_, part) => {
        const of = `${base}.holdback_part.${holdbackPart(group, part)}`;
        return [
          series(`${of}.views_played`, { [ago(2)]: 10 }),
          series(`${of}.starting_ms`, { [ago(2)]: 10 + part }),
          series(`${of}.watched_ms`, { [ago(2)]: part === 3 ? sumMax : 10 }),
          series(`${of}.stalled_ms`, { [ago(2)]: part }),
        ];
      }).flat(),
    );
    portal.render = ({ targets }) =>
      Promise.resolve([
        told,
        series('viblast.streams.arena.viewers', { [ago(2)]: sumMax }),
        ...(targets.some((target) => target.includes('holdback_part'))
          ? parts
          : pointsOf(`${base}.holdback.with_peers`)),
      ]);
    const ofFacet = {
      watchedMs: sumMax,
      cdnBytes: sumMax,
      offload: null,
      stallRatio: null,
      atLeast: ['/watchedMs', '/cdnBytes'],
    };
    expect(await json(portal, `/streams/arena/facets/holdback?${range}`)).toMatchObject({
      values: [ofFacet],
    });
    expect(await json(portal, `/streams/arena/holdback?${range}`)).toMatchObject({
      withPeers: ofFacet,
      verdicts: [
        { figure: 'stall_ratio', verdict: 'unclear', difference: null },
        { figure: 'startup', verdict: 'unclear', difference: 0 },
        { figure: 'bitrate', verdict: 'unclear', difference: null },
      ],
    });
    expect(await json(portal, `/streams/arena/peak?${range}`)).toMatchObject({
      viewers: sumMax,
      atLeast: ['/viewers'],
    });
  });

  it('has its mark in the description of each answer that has sums', async () => {
    const portal = await portalWith('arena', 1);
    const { paths } = (await json(portal, '/openapi.json')) as {
      readonly paths: Readonly<Record<string, unknown>>;
    };
    const marked = Object.entries(paths)
      .filter(([, operations]) => JSON.stringify(operations).includes('"atLeast"'))
      .map(([path]) => path.replace('/api/v1', ''));
    expect(marked.toSorted()).toEqual([
      '/groups/{group}/metrics',
      '/groups/{group}/peak',
      '/now',
      '/streams/{key}/facets/{facet}',
      '/streams/{key}/holdback',
      '/streams/{key}/metrics',
      '/streams/{key}/peak',
      '/total/metrics',
      '/total/peak',
    ]);
  });
});
