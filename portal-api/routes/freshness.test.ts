import { describe, expect, it } from '@jest/globals';
import { partitionOfStream } from '../../kafka/index.js';
import { allStreams } from '../../schemas/index.js';
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

const partitionOf = (stream: string): number => partitionOfStream(stream, partialPartitions);
const ofTotal = partitionOf(allStreams);
/** A stream in another partition than the figures over all streams, and one that shares theirs. */
const keys = Array.from({ length: 40 }, (_, index) => `stream-${index}`);
const behind = keys.find((key) => partitionOf(key) !== ofTotal) ?? '';
const beside = keys.find((key) => partitionOf(key) === ofTotal) ?? '';

const closed = (partition: number, minutes: readonly number[]) =>
  series(
    `viblast.progress.${partition}.closed`,
    Object.fromEntries(minutes.map((minute) => [ago(minute), 1])),
  );

async function portalOf(...told: readonly ReturnType<typeof series>[]): Promise<TestPortal> {
  const portal = await testPortal();
  portal.nowMs = ago(60);
  for (const key of [behind, beside]) portal.catalog.put({ key });
  portal.nowMs = nowMs;
  portal.render = () => Promise.resolve(told);
  return portal;
}

async function get(portal: TestPortal, path: string): Promise<unknown> {
  const answer = await portal.app.inject({ url: `/api/v1${path}`, headers: bearer });
  return answer.json();
}

const last = [5, 4, 3, 2, 1];
const overAll = series('viblast.total.viewers', { [ago(2)]: 9, [ago(1)]: 9 });
const others = Array.from({ length: partialPartitions }, (_, partition) => partition)
  .filter((partition) => partition !== partitionOf(behind))
  .map((partition) => closed(partition, last));

describe('a stream whose totals partition is behind the others', () => {
  const told = [
    overAll,
    ...others,
    closed(partitionOf(behind), [5, 4]),
    series(`viblast.streams.${behind}.viewers`, { [ago(4)]: 7 }),
  ];

  it('is late and unknown since then, and all others go on', async () => {
    const portal = await portalOf(...told);
    expect(await get(portal, '/now')).toMatchObject({
      state: 'current',
      closedUntilMs: minuteNow,
      total: { viewers: 9, state: 'current' },
      streams: expect.arrayContaining([
        expect.objectContaining({
          key: behind,
          state: 'late',
          viewers: null,
          cdnBytes: null,
          closedUntilMs: ago(3),
          minuteAtMs: ago(4),
        }),
        expect.objectContaining({ key: beside, state: 'idle', viewers: 0, cdnBytes: 0 }),
      ]) as unknown,
    });
  });

  it('has no figures since then in a range, not 0', async () => {
    const portal = await portalOf(...told);
    const range = `from=${ago(5)}&until=${minuteNow}`;
    expect(await get(portal, `/streams/${behind}/metrics?${range}`)).toMatchObject({
      state: 'late',
      closedUntilMs: ago(3),
      lastMinuteAtMs: ago(4),
      series: { viewers: [0, 7, null, null, null] },
    });
    expect(await get(portal, `/streams/${beside}/metrics?${range}`)).toMatchObject({
      state: 'idle',
      series: { viewers: [0, 0, 0, 0, 0] },
    });
  });

  it('is late within seconds of the minute that others have', async () => {
    const portal = await portalOf(overAll, ...others, closed(partitionOf(behind), [3, 2]));
    const stateAt = async (time: number): Promise<unknown> => {
      portal.nowMs = time;
      const { streams } = (await get(portal, '/now')) as { streams: { key: string }[] };
      return streams.find(({ key }) => key === behind);
    };
    expect(await stateAt(minuteNow + 1_500)).toMatchObject({ state: 'idle' });
    expect(await stateAt(minuteNow + 4_000)).toMatchObject({ state: 'late', viewers: null });
  });
});

describe('a totals partition that has the figures over all streams', () => {
  it('may stand for longer than is looked at, and the others go on', async () => {
    const told = [closed(partitionOf(behind), last)];
    const portal = await portalOf(...told);
    expect(await get(portal, '/now')).toMatchObject({
      state: 'late',
      total: { viewers: null },
      streams: expect.arrayContaining([
        expect.objectContaining({ key: behind, state: 'idle', viewers: 0 }),
      ]) as unknown,
    });
  });
});

describe('an outage after an idle night', () => {
  it('is stale, not nobody', async () => {
    const nobody = series('viblast.total.viewers', { [ago(6)]: 0, [ago(5)]: 0 });
    const all = Array.from({ length: partialPartitions }, (_, one) => closed(one, [6, 5]));
    const portal = await portalOf(nobody, ...all);
    expect(await get(portal, '/now')).toMatchObject({
      state: 'stale',
      closedUntilMs: ago(4),
      total: { viewers: null },
      streams: [
        { state: 'stale', viewers: null },
        { state: 'stale', viewers: null },
      ],
    });
  });
});

describe('an outage in which no minute is closed while all streams together go on', () => {
  const minutes = (from: number, until: number): number[] =>
    Array.from({ length: from - until }, (_, index) => from - index);
  const goingOn = series(
    'viblast.total.viewers',
    Object.fromEntries(minutes(60, 0).map((minute) => [ago(minute), 9])),
  );
  const before = Array.from({ length: partialPartitions }, (_, one) => closed(one, [60, 59, 58]));

  it('is stale however long it goes on', async () => {
    const portal = await portalOf(goingOn, ...before);
    expect(await get(portal, '/now')).toMatchObject({
      state: 'stale',
      closedUntilMs: ago(57),
      total: { viewers: null },
      streams: [
        { state: 'stale', viewers: null },
        { state: 'stale', viewers: null },
      ],
    });
  });

  it('has no zeros in a range that lies within it', async () => {
    const portal = await portalOf(goingOn, ...before);
    const range = `from=${ago(10)}&until=${ago(8)}`;
    expect(await get(portal, `/streams/${beside}/metrics?${range}`)).toMatchObject({
      series: { viewers: [null, null] },
    });
  });
});

describe('figures of rollups that do not say yet how far they have closed', () => {
  it('are known where those over all streams are told', async () => {
    const portal = await portalOf(overAll);
    const range = `from=${ago(3)}&until=${minuteNow}`;
    expect(await get(portal, `/streams/${behind}/metrics?${range}`)).toMatchObject({
      state: 'idle',
      series: { viewers: [null, 0, 0] },
    });
  });

  it('are known as they say from the first minute on that they do', async () => {
    const told = [overAll, closed(ofTotal, [1]), closed(partitionOf(behind), [])];
    const portal = await portalOf(...told);
    const range = `from=${ago(2)}&until=${minuteNow}`;
    expect(await get(portal, `/streams/${behind}/metrics?${range}`)).toMatchObject({
      series: { viewers: [0, null] },
    });
  });
});

describe('GET /now', () => {
  it('is paged in its order, and the next page goes on behind the last', async () => {
    const portal = await testPortal();
    portal.nowMs = ago(60);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const key of names) portal.catalog.put({ key });
    portal.nowMs = nowMs;
    const viewersOf = (key: string): number => (key === 'b' || key === 'd' ? 5 : 1);
    portal.render = () =>
      Promise.resolve([
        overAll,
        ...names.map((key) =>
          series(`viblast.streams.${key}.viewers`, { [ago(1)]: viewersOf(key) }),
        ),
      ]);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = (await get(
        portal,
        `/now?sort=viewers&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )) as { streams: { key: string }[]; nextCursor: string | null; count: number };
      expect(page.count).toBe(5);
      seen.push(...page.streams.map(({ key }) => key));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['b', 'd', 'a', 'c', 'e']);
    expect(await get(portal, '/now?search=A')).toMatchObject({ count: 1, streams: [{ key: 'a' }] });
    expect(await get(portal, '/now?cursor=xyz')).toMatchObject({
      code: 'invalid',
      field: 'cursor',
    });
  });

  it('adds up the streams of a group', async () => {
    const portal = await testPortal();
    portal.nowMs = ago(60);
    for (const key of ['a', 'b']) portal.catalog.put({ key, options: { groups: ['news'] } });
    portal.catalog.put({ key: 'c' });
    portal.nowMs = nowMs;
    portal.render = () =>
      Promise.resolve([
        overAll,
        ...['a', 'b', 'c'].map((key) => series(`viblast.streams.${key}.viewers`, { [ago(1)]: 3 })),
      ]);
    expect(await get(portal, '/now?group=news')).toMatchObject({
      count: 2,
      total: { viewers: 6, state: 'current' },
    });
    const range = `from=${ago(2)}&until=${minuteNow}`;
    expect(await get(portal, `/groups/news/metrics?${range}`)).toMatchObject({
      subject: { kind: 'group', name: 'news' },
      series: { viewers: [0, 6], startupP50Ms: [null, null] },
    });
    expect(await get(portal, '/groups/other/metrics')).toMatchObject({ code: 'not_found' });
  });
});

describe('the figures that streams of a group have together', () => {
  const range = `from=${ago(3)}&until=${minuteNow}`;
  const three = { [ago(3)]: 5, [ago(2)]: 5, [ago(1)]: 5 };

  /** Of streams in the group, registered so many minutes ago; none of them is late. */
  async function groupOf(registered: Readonly<Record<string, number>>): Promise<TestPortal> {
    const portal = await testPortal();
    for (const [key, minutes] of Object.entries(registered)) {
      portal.nowMs = ago(minutes);
      portal.catalog.put({ key, options: { groups: ['news'] } });
    }
    portal.nowMs = nowMs;
    return portal;
  }

  const tellAll = (...told: readonly ReturnType<typeof series>[]) => [
    ...Array.from({ length: partialPartitions }, (_, partition) => closed(partition, last)),
    overAll,
    ...told,
  ];

  it('are not known where those of one of them can not be read', async () => {
    const portal = await groupOf({ a: 60, b: 60 });
    portal.render = () =>
      Promise.resolve(
        tellAll(
          series('viblast.streams.a.viewers', three),
          series('viblast.streams.a.viewers_by_quality.720p', three),
        ),
      );
    portal.unreadable = ['viblast.streams.b.viewers'];
    const { total } = (await get(portal, '/now?group=news')) as {
      readonly total: { readonly viewersHistory: readonly (number | null)[] };
    };
    expect(total).toMatchObject({ state: 'no_data', viewers: null, viewersByQuality: {} });
    expect(new Set(total.viewersHistory)).toEqual(new Set([null]));
  });

  it('lack nothing of a stream that was registered since', async () => {
    const portal = await groupOf({ a: 60, b: 0 });
    portal.render = () => Promise.resolve(tellAll(series('viblast.streams.a.viewers', three)));
    const { total } = (await get(portal, '/now?group=news')) as {
      readonly total: { readonly viewersHistory: readonly (number | null)[] };
    };
    expect(total).toMatchObject({ state: 'current', viewers: 5, cdnBytes: 0 });
    expect(total.viewersHistory.slice(-4)).toEqual([5, 5, 5, null]);
  });

  it('are nobody of streams that were all registered since, and nothing is told of others', async () => {
    const portal = await groupOf({ a: 0 });
    portal.render = () => Promise.resolve(tellAll());
    const { total } = (await get(portal, '/now?group=news')) as { readonly total: unknown };
    expect(total).toMatchObject({ state: 'idle', viewers: 0, cdnBytes: 0 });
  });

  it('are not known where nothing was ever told', async () => {
    for (const registered of [60, 0]) {
      const portal = await groupOf({ a: registered });
      expect(await get(portal, '/now?group=news')).toMatchObject({
        total: { state: 'no_data', viewers: null, cdnBytes: null, peerBytes: null },
      });
    }
  });

  it('are known by name only where all of their viewers are', async () => {
    const portal = await groupOf({ [beside]: 60, [behind]: 60 });
    const base = `viblast.streams.${beside}`;
    portal.render = () =>
      Promise.resolve([
        overAll,
        ...others,
        closed(partitionOf(behind), [3]),
        series(`${base}.viewers`, three),
        series(`${base}.viewers_average`, three),
        series(`${base}.stall_ratio`, { [ago(3)]: 0.5, [ago(2)]: 0.5, [ago(1)]: 0.5 }),
        series(`${base}.viewers_by_quality.720p`, three),
        series(`${base}.browsers.Chrome`, three),
        series(`${base}.browsers_by_quality.720p.Chrome`, three),
        series(`${base}.bytes_by_quality.720p.cdn`, three),
      ]);
    const known = [5, null, null];
    expect(await get(portal, `/groups/news/metrics?${range}`)).toMatchObject({
      series: {
        viewers: known,
        stallRatio: [0.5, null, null],
        viewersByQuality: { '720p': known },
        browsers: { Chrome: known },
        browsersByQuality: { '720p': { Chrome: known } },
        bytesByQuality: { '720p': { cdnBytes: known, peerBytes: [0, null, null] } },
      },
    });
  });
});
