import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../service/errors.js';
import { get, portalWith } from '../testing/asked-portal.js';
import { ago, minuteMs, minuteNow, nowMs, series, testPortal } from '../testing/portal-server.js';

const range = `from=${ago(5)}&until=${minuteNow}`;

describe('GET /streams/:key/metrics', () => {
  it('asks Graphite for the encoded stream and exactly the minutes of the range', async () => {
    const portal = await portalWith('arena.main', 10);
    await get(portal, `/streams/arena.main/metrics?${range}`);
    const target = 'viblast.streams.arena~2Emain.*.*';
    const ofStream = portal.requests.filter(({ targets }) => targets.includes(target));
    expect(ofStream).toMatchObject([{ fromMs: ago(5), untilMs: minuteNow }]);
  });

  it('folds points into values a minute, absent ones 0 in minutes that were told', async () => {
    const portal = await portalWith('arena', 3);
    const base = 'viblast.streams.arena';
    portal.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', { [ago(5)]: 9, [ago(3)]: 0, [ago(2)]: 9, [ago(1)]: 9 }),
        series(`${base}.viewers`, { [ago(2)]: 4 }),
        series(`${base}.viewers_average`, { [ago(2)]: 3 }),
        series(`${base}.viewers_by_quality.720p`, { [ago(2)]: 3 }),
        series(`${base}.browsers_by_quality.720p.Chrome`, { [ago(2)]: 3 }),
        series(`${base}.bytes.p2p`, { [ago(1)]: 50 }),
        series(`${base}.bytes_by_quality.hd~2E1.cdn`, { [ago(1)]: 7 }),
        series(`${base}.stall_ratio`, { [ago(2)]: 0.5 }),
      ]);
    const answer = await get(portal, `/streams/arena/metrics?${range}`);
    expect(JSON.parse(answer.text)).toMatchObject({
      subject: { kind: 'stream', name: 'arena' },
      intervalMs: minuteMs,
      stepMs: minuteMs,
      state: 'idle',
      closedUntilMs: minuteNow,
      lastMinuteAtMs: ago(1),
      times: [ago(5), ago(4), ago(3), ago(2), ago(1)],
      series: {
        viewers: [null, null, 0, 4, 0],
        viewersByQuality: { '720p': [null, null, 0, 3, 0] },
        browsersByQuality: { '720p': { Chrome: [null, null, 0, 3, 0] } },
        peerBytes: [null, null, 0, 0, 50],
        bytesByQuality: { 'hd.1': { cdnBytes: [null, null, 0, 0, 7] } },
        stallRatio: [null, null, null, 0.5, null],
      },
    });
  });

  it('tells what is not known yet from zero: minutes that the rollup has not written', async () => {
    const portal = await portalWith('arena', 10);
    portal.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', { [ago(5)]: 0, [ago(3)]: 2 }),
        series('viblast.streams.arena.viewers', { [ago(3)]: 2 }),
      ]);
    const answer = await get(portal, `/streams/arena/metrics?${range}`);
    expect(JSON.parse(answer.text)).toMatchObject({
      state: 'current',
      closedUntilMs: ago(2),
      series: { viewers: [0, null, 2, null, null] },
    });
  });

  it.each([
    ['stale', { [ago(5)]: 2 }],
    ['current', { [ago(3)]: 2 }],
    ['idle', { [ago(6)]: 2, [ago(5)]: 0, [ago(1)]: 0 }],
    ['stale', { [ago(6)]: 2, [ago(5)]: 0 }],
  ])('says %s by the last point over all streams', async (state, total) => {
    const portal = await portalWith('arena', 10);
    portal.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', total),
        series('viblast.streams.arena.viewers', total),
      ]);
    const answer = await get(portal, `/streams/arena/metrics?from=${ago(7)}&until=${nowMs}`);
    expect(JSON.parse(answer.text)).toMatchObject({ state });
  });

  it('adds up what was watched and stalled in a long step, also before that was told', async () => {
    const portal = await portalWith('arena', 2_000);
    const step = Array.from({ length: 10 }, (_, index) => ago(14 - index));
    const minutes = (...values: readonly number[]) =>
      Object.fromEntries(step.map((timeMs, index) => [timeMs, values[index] ?? 0]));
    portal.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', minutes(10, 10, 10)),
        series('viblast.streams.arena.viewers', minutes(10, 10, 10)),
        series('viblast.streams.arena.viewers_average', minutes(10, 1, 0)),
        series('viblast.streams.arena.stall_ratio', minutes(0, 0.9, 1)),
      ]);
    const query = `from=${ago(1_600)}&until=${minuteNow}&series=stallRatio`;
    const answer = await get(portal, `/streams/arena/metrics?${query}`);
    const { stepMs, series: told } = JSON.parse(answer.text) as {
      readonly stepMs: number;
      readonly series: { readonly stallRatio: readonly (number | null)[] };
    };
    expect(stepMs).toBe(10 * minuteMs);
    expect(told.stallRatio.filter((value) => value !== null)).toEqual([expect.closeTo(19 / 30)]);
  });

  it('says idle for a stream that nobody has watched, as that is known', async () => {
    const portal = await portalWith('arena', 10);
    portal.render = () => Promise.resolve([series('viblast.total.viewers', { [ago(1)]: 2 })]);
    const answer = await get(portal, `/streams/arena/metrics?${range}`);
    expect(JSON.parse(answer.text)).toMatchObject({
      state: 'idle',
      series: { viewers: [null, null, null, null, 0] },
    });
  });

  it('says no_data for a stream of which nothing is known yet', async () => {
    const portal = await portalWith('arena', 0);
    portal.render = () => Promise.resolve([series('viblast.total.viewers', { [ago(1)]: 2 })]);
    const answer = await get(portal, `/streams/arena/metrics?${range}`);
    expect(JSON.parse(answer.text)).toMatchObject({ state: 'no_data' });
  });

  it('reads and tells only the series that are asked for, weighted as when all are', async () => {
    const portal = await portalWith('arena', 40);
    const base = 'viblast.streams.arena';
    const minutes = Array.from({ length: 30 }, (_, index) => ago(30 - index));
    const told = (value: (index: number) => number): Record<number, number> =>
      Object.fromEntries(minutes.map((timeMs, index) => [timeMs, value(index)]));
    const graphite = [
      series(
        'viblast.total.viewers',
        told(() => 9),
      ),
      series(
        `${base}.viewers`,
        told((index) => index),
      ),
      series(
        `${base}.viewers_average`,
        told((index) => index / 2),
      ),
      series(
        `${base}.bitrate_kbps`,
        told((index) => 100 * index),
      ),
      series(
        `${base}.errors.drm`,
        told(() => 1),
      ),
      series(
        `${base}.browsers.Chrome`,
        told((index) => index),
      ),
    ];
    portal.render = () => Promise.resolve(graphite);
    // In steps of ten minutes.
    const query = `from=${ago(1_600)}&until=${minuteNow}`;
    const whole = await get(portal, `/streams/arena/metrics?${query}`);
    portal.requests.length = 0;
    portal.render = ({ targets }) =>
      Promise.resolve(
        graphite.filter(({ name }) =>
          targets.some((target) => name.startsWith(target.replace('*', ''))),
        ),
      );
    const chosen = await get(
      portal,
      `/streams/arena/metrics?${query}&series=bitrateKbps,errors,browsers`,
    );
    const expected = JSON.parse(whole.text) as { series: Record<string, unknown> };
    const { bitrateKbps, errors, browsers } = expected.series;
    expect((bitrateKbps as (number | null)[]).filter((value) => value !== null)).not.toHaveLength(
      0,
    );
    expect(JSON.parse(chosen.text)).toEqual({
      ...expected,
      series: { bitrateKbps, errors, browsers },
    });
    const targets = portal.requests.flatMap((request) => request.targets);
    expect(targets).toContain(`${base}.viewers_average`);
    expect(targets).not.toContain(`${base}.*`);
    expect(targets).not.toContain(`${base}.bytes.cdn`);
  });

  it('has steps as long as those of another range, where they are asked for', async () => {
    const portal = await portalWith('arena', 10);
    const stepOf = async (query: string): Promise<unknown> =>
      (
        JSON.parse((await get(portal, `/streams/arena/metrics?${query}`)).text) as {
          stepMs: number;
        }
      ).stepMs;
    expect(await stepOf(range)).toBe(minuteMs);
    expect(await stepOf(`${range}&stepMsMin=${10 * minuteMs}`)).toBe(10 * minuteMs);
    expect(await stepOf(`${range}&stepMsMin=${11 * minuteMs}`)).toBe(30 * minuteMs);
    expect(await stepOf(`from=${ago(1_600)}&until=${minuteNow}&stepMsMin=1`)).toBe(10 * minuteMs);
  });

  it('writes as CSV only the series that are asked for', async () => {
    const portal = await portalWith('arena', 10);
    const query = `${range}&format=csv&series=cdnBytes,viewers`;
    const answer = await get(portal, `/streams/arena/metrics?${query}`);
    expect(answer.text.split('\r\n')[0]).toBe('time,time_ms,viewers,cdn_bytes,at_least');
  });

  it('answers 502 with a code of its own when Graphite does not answer', async () => {
    const portal = await portalWith('arena', 10);
    portal.render = () =>
      Promise.reject(new AppError('graphite_unavailable', 'gone', { retryable: true }));
    const answer = await get(portal, '/streams/arena/metrics');
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'graphite_unavailable' });
  });

  it('writes CSV, with names quoted where they need it and unknown values empty', async () => {
    const portal = await portalWith('arena', 2);
    portal.render = () =>
      Promise.resolve([
        series('viblast.total.viewers', { [ago(1)]: 2 }),
        series('viblast.streams.arena.viewers_by_quality.a~2C~22b~22', { [ago(1)]: 2 }),
      ]);
    const query = `from=${ago(3)}&until=${minuteNow}&format=csv`;
    const answer = await get(portal, `/streams/arena/metrics?${query}`);
    expect(answer.headers).toMatchObject({
      'content-type': expect.stringContaining('text/csv'),
      'viblast-state': 'idle',
      'viblast-closed-until-ms': `${minuteNow}`,
    });
    const lines = answer.text.split('\r\n');
    expect(lines[0]).toMatch(/^time,time_ms,viewers,.*,"viewers quality a,""b""",at_least$/);
    const cells = (line = ''): string[] => line.split(',');
    expect(cells(lines[1]).slice(0, 2)).toEqual([new Date(ago(3)).toISOString(), `${ago(3)}`]);
    expect(
      cells(lines[1])
        .slice(2)
        .every((cell) => cell === ''),
    ).toBe(true);
    const told = cells(lines[3]).slice(1, 10);
    expect(told).toEqual([`${ago(1)}`, '0', '0', '0', '0', '0', '0', '0', '']);
    expect(cells(lines[3]).slice(-2)).toEqual(['2', '']);
    expect(lines).toHaveLength(5);
  });

  it.each([
    [`from=${nowMs}&until=${nowMs}`, 'from'],
    [`from=0&until=${nowMs}`, 'from'],
    ['from=yesterday', 'from'],
    ['until=9007199254740991', 'until'],
    ['stepMsMin=86400001', 'stepMsMin'],
    ['stepMsMin=-1', 'stepMsMin'],
    ['format=xml', 'format'],
    ['series=viewers,bytes', 'series'],
    ['series=', 'series'],
  ])('refuses %s and names the field', async (query, field) => {
    const answer = await get(await portalWith('arena', 10), `/streams/arena/metrics?${query}`);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'invalid', field });
  });

  it('says of CSV too that nothing is known', async () => {
    const portal = await portalWith('arena', 10);
    const { headers } = await get(portal, `/streams/arena/metrics?${range}&format=csv`);
    expect(headers).toMatchObject({ 'viblast-state': 'no_data' });
    expect(headers).not.toHaveProperty('viblast-closed-until-ms');
  });

  it('answers 404 for a stream that is not registered, whatever Graphite has', async () => {
    const portal = await testPortal();
    expect((await get(portal, '/streams/stranger/metrics')).status).toBe(404);
    expect(portal.requests).toHaveLength(0);
  });
});

describe('GET /total/metrics', () => {
  it('knows zeros since the first stream was registered', async () => {
    const portal = await portalWith('arena', 3);
    portal.catalog.put({ key: 'later' });
    const told = { [ago(4)]: 0, [ago(3)]: 0, [ago(1)]: 2 };
    portal.render = () => Promise.resolve([series('viblast.total.viewers', told)]);
    const answer = await get(portal, `/total/metrics?${range}`);
    expect(JSON.parse(answer.text)).toMatchObject({
      subject: { kind: 'total', name: null },
      series: { viewers: [null, 0, 0, null, 2], peerBytes: [null, null, 0, null, 0] },
    });
  });

  it('is stale over a range up to now in which nothing was told, however long ago it was', async () => {
    const portal = await portalWith('arena', 10);
    portal.render = ({ fromMs }) =>
      Promise.resolve(
        fromMs < ago(4_000) ? [series('viblast.total.viewers', { [ago(4_000)]: 0 })] : [],
      );
    const answer = await get(portal, '/total/metrics');
    expect(JSON.parse(answer.text)).toMatchObject({
      state: 'stale',
      lastMinuteAtMs: ago(4_000),
    });
    const history = await get(portal, `/total/metrics?from=${ago(4_050)}&until=${ago(4_040)}`);
    expect(JSON.parse(history.text)).toMatchObject({ state: 'no_data', lastMinuteAtMs: null });
  });
});
