import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../service/errors.js';
import { GraphiteRefusal } from './post-form.js';
import { ReadableSeries } from './readable-series.js';
import type { RenderClient } from './render-client.js';

const names = [
  'v.streams.a.viewers',
  'v.streams.b.viewers',
  'v.streams.c.viewers',
  'v.total.stalls',
];
let broken: Set<string>;
let requests: number;
let nowMs: number;
let readable: ReadableSeries;

/** graphite-web: a pattern has its names, and a broken one of them spoils the whole request. */
const client: RenderClient = {
  render: ({ targets }) => {
    requests += 1;
    const wanted = names.filter((name) =>
      targets.some((target) => target === name || target.replace('*', name.charAt(10)) === name),
    );
    if (wanted.some((name) => broken.has(name))) return Promise.reject(new GraphiteRefusal(500));
    return Promise.resolve(wanted.map((name) => ({ name, points: new Map() })));
  },
  columns: () => Promise.reject(new Error('nobody asks for columns here')),
  find: () => Promise.resolve([]),
  expand: () => Promise.resolve(names.slice(0, 3)),
};
const request = { targets: ['v.streams.*.viewers'], fromMs: 0, untilMs: 60_000 };

async function read(): Promise<{ series: string[]; unreadable: string[] }> {
  const { series, unreadable } = await readable.render(request);
  return { series: series.map(({ name }) => name).sort(), unreadable: [...unreadable].sort() };
}

beforeEach(() => {
  broken = new Set();
  requests = 0;
  nowMs = 0;
  readable = new ReadableSeries(client, () => nowMs);
});

describe('ReadableSeries', () => {
  it('asks once where nothing is broken', async () => {
    expect(await read()).toEqual({ series: names.slice(0, 3), unreadable: [] });
    expect(requests).toBe(1);
  });

  it('reads all others, and names those that cannot be read', async () => {
    broken = new Set(['v.streams.a.viewers', 'v.streams.c.viewers']);
    expect(await read()).toEqual({
      series: ['v.streams.b.viewers'],
      unreadable: ['v.streams.a.viewers', 'v.streams.c.viewers'],
    });
  });

  it('asks for what it knows to be broken only now and then, and sees when it is mended', async () => {
    broken = new Set(['v.streams.b.viewers']);
    await read();
    requests = 0;
    expect((await read()).unreadable).toEqual(['v.streams.b.viewers']);
    expect(requests).toBe(1);
    expect(readable.unreadable).toEqual(['v.streams.b.viewers']);
    broken.clear();
    nowMs = 60_000;
    expect(readable.unreadable).toEqual([]);
    expect(await read()).toEqual({ series: names.slice(0, 3), unreadable: [] });
  });

  it('knows what is broken in patterns of several names, too', async () => {
    broken = new Set(['v.streams.b.viewers']);
    await read();
    requests = 0;
    const targets = ['v.streams.{a,b}.{viewers,stalls}'];
    expect((await readable.render({ ...request, targets })).unreadable).toEqual([...broken]);
    expect(requests).toBe(1);
  });

  it('rejects where Graphite does not answer at all', async () => {
    const away = new AppError('graphite_unavailable', 'away', { retryable: true });
    const absent = new ReadableSeries({ ...client, render: () => Promise.reject(away) }, Date.now);
    await expect(absent.render(request)).rejects.toBe(away);
    const refusal = new GraphiteRefusal(503);
    const busy = new ReadableSeries({ ...client, render: () => Promise.reject(refusal) }, Date.now);
    await expect(busy.render(request)).rejects.toBe(refusal);
  });

  it('rejects where so many cannot be read that it is not a matter of single files', async () => {
    const many = Array.from({ length: 300 }, (_, index) => `v.streams.s${index}.viewers`);
    const refusal = new GraphiteRefusal(500);
    const spoiled = new ReadableSeries(
      {
        ...client,
        render: () => Promise.reject(refusal),
        expand: () => Promise.resolve(many),
      },
      Date.now,
    );
    await expect(spoiled.render(request)).rejects.toBe(refusal);
  });
});
