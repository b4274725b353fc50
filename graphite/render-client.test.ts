import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { boundAddress, listen } from '../service/admin-server.js';
import { renderClient, renderQuery } from './render-client.js';

const servers: Server[] = [];

async function graphite(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await listen(server, '127.0.0.1', 0);
  return `http://${boundAddress(server)}`;
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const request = { targets: ['a.b'], fromMs: 60_000, untilMs: 180_000 };

describe('the render client', () => {
  it('asks for the minutes from the first included to the last excluded', () => {
    expect(renderQuery(request)).toContain('target=a.b&from=59&until=179&format=json');
  });

  it('asks for no time before 1970, which Graphite would take for one before now', () => {
    expect(renderQuery({ ...request, fromMs: 0 })).toContain('from=0&until=179');
  });

  it('reads series, leaving out minutes without a value', async () => {
    const url = await graphite((_request, response) => {
      response.end('[{"target": "a.b", "datapoints": [[1.5, 60], [null, 120]], "tags": {}}]');
    });
    const series = await renderClient({ url, timeoutMs: 2_000 })(request);
    expect(series).toEqual([{ name: 'a.b', points: new Map([[60_000, 1.5]]) }]);
  });

  it.each<[string, RequestListener, string]>([
    ['an error', (_request, response) => response.writeHead(500).end('[]'), 'status 500'],
    ['no JSON', (_request, response) => response.end('<html>'), 'not JSON'],
    ['another form', (_request, response) => response.end('[{"target": 1}]'), 'another form'],
    ['silence', () => undefined, 'no answer in 200 ms'],
    ['a cut', (request) => request.socket.destroy(), ''],
  ])('rejects with graphite_unavailable on %s', async (_what, listener, reason) => {
    const url = await graphite(listener);
    const answer = renderClient({ url, timeoutMs: 200 })(request);
    await expect(answer).rejects.toMatchObject({ code: 'graphite_unavailable', retryable: true });
    await expect(answer).rejects.toThrow(reason);
  });

  it('lets only so many requests through at once', async () => {
    let running = 0;
    let runningMost = 0;
    const url = await graphite((_request, response) => {
      running += 1;
      runningMost = Math.max(runningMost, running);
      setImmediate(() => {
        running -= 1;
        response.end('[]');
      });
    });
    const render = renderClient({ url, timeoutMs: 5_000 });
    await Promise.all(Array.from({ length: 40 }, () => render(request)));
    expect(runningMost).toBeLessThanOrEqual(8);
  });
});
