import { describe, expect, it } from '@jest/globals';
import { streamPoints } from '../../graphite/index.js';
import { cellOf, emptyCell } from '../../schemas/index.js';
import { kindTable } from '../metrics/figure-table.js';
import {
  ago,
  bearer,
  minuteMs,
  minuteNow,
  nowMs,
  series,
  testPortal,
} from '../testing/portal-server.js';

const { kinds, metric } = kindTable.startupHistogram;
const stepMs = 10 * minuteMs;
const allClosed = Object.fromEntries(
  Array.from({ length: 2_000 }, (_, index) => [ago(index + 1), 9]),
);

/** A portal with two streams of a group, of which Graphite has these points. */
async function portalWith(points: Readonly<Record<string, Readonly<Record<number, number>>>>) {
  const portal = await testPortal();
  portal.nowMs = ago(2_000);
  for (const key of ['arena', 'studio']) portal.catalog.put({ key, options: { groups: ['news'] } });
  portal.nowMs = nowMs;
  const told = [
    series('viblast.total.viewers', allClosed),
    ...Object.entries(points).map(([name, values]) => series(`viblast.streams.${name}`, values)),
  ];
  portal.render = ({ targets }) =>
    Promise.resolve(
      told.filter(({ name }) =>
        targets.some((target) => new RegExp(`^${target.replaceAll('*', '[^.]+')}$`).test(name)),
      ),
    );
  return portal;
}

interface Answer {
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly series: {
    readonly startupHistogram: Readonly<Record<string, readonly (number | null)[]>>;
  };
}

type Portal = Awaited<ReturnType<typeof portalWith>>;

async function range(portal: Portal, subject: string, minutes: number): Promise<Answer> {
  const query = `from=${ago(minutes)}&until=${minuteNow}&series=startupHistogram`;
  const url = `/api/v1/${subject}/metrics?${query}`;
  const answer = await portal.app.inject({ url, headers: bearer });
  expect(answer.statusCode).toBe(200);
  return answer.json<Answer>();
}

/** Of the last five minutes. */
async function histogram(portal: Portal, subject: string) {
  return (await range(portal, subject, 5)).series.startupHistogram;
}

describe('the start-up histogram', () => {
  it('has the buckets that Graphite is told of, in their order', () => {
    const cell = emptyCell('720p', 'Chrome');
    cell.startupHistogram.fill(1);
    const names = Object.keys(streamPoints('', [cellOf(cell)], minuteMs));
    expect(names.filter((name) => name.includes('histogram'))).toEqual(
      kinds.map((kind) => `.${metric}.${kind}`),
    );
  });

  it('is 0 where nobody started, and unknown where starts were told without it', async () => {
    const portal = await portalWith({
      // A rollup of before, then one of now.
      'arena.startup_ms.p50': { [ago(5)]: 700, [ago(3)]: 800, [ago(2)]: 40_000 },
      'arena.startup_ms.histogram.bin_1000': { [ago(3)]: 4, [ago(2)]: 0 },
      'arena.startup_ms.histogram.bin_inf': { [ago(2)]: 1 },
    });
    const told = await histogram(portal, 'streams/arena');
    expect(Object.keys(told)).toEqual(kinds);
    expect(told).toMatchObject({
      bin_500: [null, 0, 0, 0, 0],
      bin_1000: [null, 0, 4, 0, 0],
      bin_inf: [null, 0, 0, 1, 0],
    });
  });

  it('is unknown of a whole step in which it is of one minute', async () => {
    const atMs = Math.floor(ago(60) / stepMs) * stepMs;
    const portal = await portalWith({
      'arena.startup_ms.p50': { [atMs]: 700, [atMs + minuteMs]: 700 },
      'arena.startup_ms.histogram.bin_1000': { [atMs + minuteMs]: 1 },
    });
    const { times, stepMs: toldStepMs, series: told } = await range(portal, 'streams/arena', 1_600);
    expect(toldStepMs).toBe(stepMs);
    const step = times.indexOf(atMs);
    expect(told.startupHistogram['bin_1000']?.slice(step - 1, step + 2)).toEqual([0, null, 0]);
    expect(told.startupHistogram['bin_inf']?.slice(step - 1, step + 2)).toEqual([0, null, 0]);
  });

  it('is unknown where nothing else says that nobody started', async () => {
    const portal = await portalWith({
      'arena.startup_ms.histogram.bin_500': { [ago(3)]: 2 },
    });
    portal.unreadable = ['viblast.streams.arena.startup_ms.p50'];
    expect(await histogram(portal, 'streams/arena')).toMatchObject({
      bin_500: [null, null, 2, null, null],
      bin_inf: [null, null, 0, null, null],
    });
  });

  it('adds up over the streams of a group', async () => {
    const portal = await portalWith({
      'arena.startup_ms.p50': { [ago(5)]: 700, [ago(3)]: 800 },
      'arena.startup_ms.histogram.bin_1000': { [ago(3)]: 4 },
      'studio.startup_ms.p50': { [ago(3)]: 900, [ago(1)]: 900 },
      'studio.startup_ms.histogram.bin_1000': { [ago(3)]: 2, [ago(1)]: 1 },
    });
    expect(await histogram(portal, 'groups/news')).toMatchObject({
      bin_500: [null, 0, 0, 0, 0],
      bin_1000: [null, 0, 6, 0, 1],
    });
  });

  it('is a column of CSV for each bucket', async () => {
    const portal = await portalWith({
      'arena.startup_ms.p50': { [ago(2)]: 700 },
      'arena.startup_ms.histogram.bin_1000': { [ago(2)]: 4 },
    });
    const query = `from=${ago(3)}&until=${minuteNow}&format=csv&series=startupHistogram`;
    const url = `/api/v1/streams/arena/metrics?${query}`;
    const { body } = await portal.app.inject({ url, headers: bearer });
    const [head, , second] = body.split('\r\n').map((line) => line.split(','));
    const column = head?.indexOf('starts startup_ms bin_1000') ?? -1;
    expect(head).toHaveLength(2 + kinds.length + 1);
    expect(second?.[column]).toBe('4');
  });
});
