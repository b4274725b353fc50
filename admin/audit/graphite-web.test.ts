import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { boundAddress, listen } from '../../service/admin-server.js';
import { GraphiteWeb } from './graphite-web.js';

const intervalMs = 60_000;
const metric = 'v.streams.arena.viewers';
let server: Server | undefined;

/** A graphite-web that has each minute's number as its value, in so many series. */
async function graphiteWeb(series: number): Promise<string> {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const form = new URLSearchParams(body);
      const [from, until] = [Number(form.get('from')), Number(form.get('until'))];
      const datapoints: [value: number, time: number][] = [];
      for (let time = Math.floor(from / 60) * 60 + 60; time <= until; time += 60) {
        datapoints.push([time / 60, time]);
      }
      const names = Array.from({ length: series }, (_, at) =>
        at === 0 ? metric : `${metric}${at}`,
      );
      response.end(JSON.stringify(names.map((target) => ({ target, datapoints, tags: {} }))));
    });
  });
  await listen(server, '127.0.0.1', 0);
  return `http://${boundAddress(server)}`;
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

describe('graphite-web as an audit reads it', () => {
  it('is asked for fewer minutes where the answer is too large', async () => {
    const span = { from: 1_000, to: 1_200 };
    const { points } = await new GraphiteWeb(
      { url: await graphiteWeb(2) },
      'v',
      intervalMs,
      2_000,
    ).points('arena', span);
    const minutes = Array.from({ length: 201 }, (_, at): [number, number] => [
      1_000 + at,
      1_000 + at,
    ]);
    expect([...(points?.get(metric) ?? [])]).toEqual(minutes);
    expect([...(points?.keys() ?? [])]).toEqual([metric, `${metric}1`]);
  });

  it("takes a minute of tens of thousands of series, as a stream's facets may have", async () => {
    const graphite = new GraphiteWeb({ url: await graphiteWeb(25_000) }, 'v', intervalMs);
    const { points } = await graphite.points('arena', { from: 1_000, to: 1_000 });
    expect(points?.size).toBe(25_000);
  });

  it('fails where a single minute is too large', async () => {
    const graphite = new GraphiteWeb({ url: await graphiteWeb(100) }, 'v', intervalMs, 2_000);
    await expect(graphite.points('arena', { from: 1_000, to: 1_200 })).rejects.toThrow('too large');
  });
});
