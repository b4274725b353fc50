import { describe, expect, it } from '@jest/globals';
import type { Column, ReadableColumns } from '../../graphite/index.js';
import { AppError } from '../../service/errors.js';
import { memoryCatalog } from '../testing/memory-catalog.js';
import { minuteMs, minuteNow, nowMs, partialPartitions } from '../testing/portal-server.js';
import { ClosedReader } from './closed-minutes.js';
import { LiveFigures } from './live-figures.js';

/** Live figures over a Graphite in which each stream had 7 viewers in the last minute. */
async function manyStreams(count = 150) {
  // More than are looked at all at once.
  const keys = Array.from({ length: count }, (_, index) => `stream-${100 + index}`);
  let [time, closedMs] = [nowMs, minuteNow];
  const now = (): number => time;
  const catalog = memoryCatalog(() => minuteNow - 60 * minuteMs);
  for (const key of keys) {
    catalog.put({ key });
    // The registry takes so many at a time.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const asked: string[][] = [];
  const held: { answer: () => void; fail: () => void }[] = [];
  const columns: ReadableColumns = async ({ targets, fromMs, untilMs }) => {
    asked.push([...targets]);
    const isOfStreams = targets.some((target) => target.startsWith('viblast.streams.'));
    if (isOfStreams) {
      await new Promise<void>((resolve, reject) => {
        held.push({
          answer: resolve,
          fail: () => reject(new AppError('graphite_unavailable', 'gone', { retryable: true })),
        });
      });
    }
    const column = (name: string, value: number): Column => {
      const values = new Float64Array((untilMs - fromMs) / minuteMs).fill(NaN);
      const last = (closedMs - minuteMs - fromMs) / minuteMs;
      if (last >= 0 && last < values.length) values[last] = value;
      return { name, fromMs, stepMs: minuteMs, values };
    };
    const names = isOfStreams ? keys.map((key) => `viblast.streams.${key}.viewers`) : [];
    const total = targets.includes('viblast.total.viewers') ? ['viblast.total.viewers'] : [];
    const series = [...names, ...total].map((name) => column(name, 7));
    return { series, unreadable: [] };
  };
  const naming = { prefix: 'viblast', intervalMs: minuteMs, partialPartitions, columns, now };
  const live = new LiveFigures({ ...naming, closed: new ClosedReader(naming), catalog });
  const untilHeld = async (): Promise<void> => {
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    keys,
    live,
    asked,
    answer: async () => {
      await untilHeld();
      held.shift()?.answer();
    },
    fail: async () => {
      await untilHeld();
      held.shift()?.fail();
    },
    pass: (ms: number) => (time += ms),
    close: (ms: number) => (closedMs += ms),
  };
}

type Many = Awaited<ReturnType<typeof manyStreams>>;

/** Answers both requests of the streams, and resolves when that has been taken. */
async function readAll({ live, answer }: Many): Promise<void> {
  await answer();
  await answer();
  while ((await live.now()).of('stream-100').state === 'unread') {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('LiveFigures of many streams', () => {
  it('tell at once what all have together, and of what is not read yet that it is not', async () => {
    const many = await manyStreams();
    const first = await many.live.now();
    expect(first.total).toMatchObject({ state: 'current', viewers: 7 });
    expect(first.of('stream-100')).toMatchObject({
      state: 'unread',
      closedUntilMs: minuteNow,
      viewers: null,
      cdnBytes: null,
      peerBytes: null,
    });
    expect(new Set(first.of('stream-100').viewersHistory)).toEqual(new Set([null]));
    await readAll(many);
    const all = await many.live.now();
    for (const key of many.keys)
      expect(all.of(key)).toMatchObject({ state: 'current', viewers: 7 });
  });

  it('are the same as long as they stand, and others once they are stale', async () => {
    const many = await manyStreams();
    await many.live.now();
    many.pass(5_000);
    await readAll(many);
    const before = await many.live.now();
    many.pass(2_000);
    expect(await many.live.now()).toBe(before);
    many.pass(4 * minuteMs);
    expect((await many.live.now()).of('stream-100')).toMatchObject({
      state: 'stale',
      viewers: null,
    });
  });

  it('read on for who asks next when Graphite fails in between', async () => {
    const many = await manyStreams();
    await many.live.now();
    await many.fail();
    await new Promise((resolve) => setImmediate(resolve));
    expect((await many.live.now()).of('stream-100').state).toBe('unread');
    await readAll(many);
    expect((await many.live.now()).of('stream-249')).toMatchObject({ viewers: 7 });
  });

  it('are read without being asked for when a minute has been closed, and not before', async () => {
    const many = await manyStreams();
    await many.live.refresh();
    await readAll(many);
    const ofStreams = (): number =>
      many.asked.filter(([target = '']) => target.startsWith('viblast.streams.')).length;
    const before = ofStreams();
    many.pass(2_000);
    await many.live.refresh();
    expect(ofStreams()).toBe(before);
    many.pass(minuteMs);
    many.close(minuteMs);
    const refreshed = many.live.refresh();
    await readAll(many);
    await refreshed;
    expect(ofStreams()).toBe(before + 2);
  });

  it('of long ago are not told, and nobody waits for those of now', async () => {
    const many = await manyStreams();
    await many.live.now();
    many.pass(5_000);
    await readAll(many);
    for (const [behindMs, state] of [
      [minuteMs, 'current'],
      [5 * minuteMs, 'unread'],
    ] as const) {
      many.pass(behindMs);
      many.close(behindMs);
      const told = await many.live.now();
      expect(told.of('stream-100')).toMatchObject({ state });
      expect(told.total.viewers).toBe(7);
      many.pass(5_000);
      await readAll(many);
    }
    expect((await many.live.now()).of('stream-249')).toMatchObject({ viewers: 7 });
  });

  it('of a look that broke off long ago are not told as those of now', async () => {
    const many = await manyStreams(1_500);
    const states = async (): Promise<Set<string>> => {
      const told = await many.live.now();
      return new Set(many.keys.map((key) => told.of(key).state));
    };
    await many.live.now();
    await many.answer();
    await many.answer();
    while ((await states()).size < 2) await new Promise((resolve) => setImmediate(resolve));
    await many.fail();
    many.pass(60 * minuteMs);
    many.close(60 * minuteMs);
    expect(await states()).toEqual(new Set(['unread']));
    const { total } = await many.live.now();
    expect(total).toMatchObject({ viewers: 7, minuteAtMs: minuteNow + 59 * minuteMs });
  });

  it('of a look that takes minutes are not told as those of now either', async () => {
    const many = await manyStreams();
    await many.live.now();
    many.pass(10 * minuteMs);
    many.close(10 * minuteMs);
    const { total } = await many.live.now();
    expect(total).toMatchObject({ state: 'unread', viewers: null });
  });
});
