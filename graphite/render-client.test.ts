import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { boundAddress, listen } from '../service/admin-server.js';
import { AnswerTooLarge } from './post-form.js';
import { renderClient, renderForm, type RenderClientOptions } from './render-client.js';
import { graphiteWebOptions } from './web-settings.js';

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
const answer = '[{"target": "a.b", "datapoints": [[1.5, 60], [null, 120]], "tags": {}}]';

/** A client of a server that answers so, and what the server was asked. */
async function clientOf(
  respond: RequestListener,
  options: Partial<RenderClientOptions> = {},
): Promise<{ client: ReturnType<typeof renderClient>; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const url = await graphite((message, response) => {
    asked.push(message);
    respond(message, response);
  });
  return { client: renderClient({ url, timeoutMs: 2_000, ...options }), asked };
}

describe('the render client', () => {
  it('asks for the minutes from the first included to the last excluded', () => {
    expect(renderForm(request).toString()).toBe(
      'target=a.b&from=59&until=179&format=json&noNullPoints=true&noCache=true',
    );
  });

  it('asks for no time before 1970, which Graphite would take for one before now', () => {
    expect(renderForm({ ...request, fromMs: 0 }).toString()).toContain('from=0&until=179');
  });

  it('reads series, leaving out minutes without a value', async () => {
    const { client } = await clientOf((_message, response) => response.end(answer));
    expect(await client.render(request)).toEqual([
      { name: 'a.b', points: new Map([[60_000, 1.5]]) },
    ]);
  });

  it('asks as somebody where it is told who', async () => {
    const settings = {
      graphite_url: 'http://127.0.0.1',
      graphite_prefix: 'v',
      graphite_user: 'portal',
      graphite_password: 'geh:eim',
    };
    const { authorization = '' } = graphiteWebOptions(settings);
    const { client, asked } = await clientOf((_message, response) => response.end(answer), {
      authorization,
    });
    await client.render(request);
    expect(asked[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('portal:geh:eim').toString('base64')}`,
    );
    expect(() => graphiteWebOptions({ ...settings, graphite_user: '' })).toThrow(
      'setting "graphite_password" is given without "graphite_user"',
    );
  });

  it('reads columns, in which a step without a point has no value', async () => {
    const raw = 'a.b,60,240,60|1.5,None,1e+22\nc,600,1200,600|3\n';
    const { client } = await clientOf((_message, response) => response.end(raw));
    expect(await client.columns(request)).toEqual([
      { name: 'a.b', fromMs: 60_000, stepMs: 60_000, values: new Float64Array([1.5, NaN, 1e22]) },
      { name: 'c', fromMs: 600_000, stepMs: 600_000, values: new Float64Array([3]) },
    ]);
  });

  it.each(['<html>', 'a.b,60,240,60', 'a.b,60,240,sixty|1'])(
    'refuses columns that are none: %s',
    async (text) => {
      const { client } = await clientOf((_message, response) => response.end(text));
      await expect(client.columns(request)).rejects.toMatchObject({ code: 'graphite_unavailable' });
    },
  );

  it('tells the step where it is asked to, minutes without a value counted', async () => {
    expect(renderForm({ ...request, withSteps: true }).has('noNullPoints')).toBe(false);
    const { client } = await clientOf((_message, response) => response.end(answer));
    expect(await client.render({ ...request, withSteps: true })).toEqual([
      { name: 'a.b', points: new Map([[60_000, 1.5]]), stepMs: 60_000 },
    ]);
  });

  it('asks for more targets than a request line holds, in a form below any path', async () => {
    const targets = Array.from({ length: 400 }, (_, index) => `viblast.streams.s${index}.viewers`);
    const forms: string[] = [];
    const url = await graphite((message, response) => {
      void text(message).then((form) => {
        forms.push(`${message.method} ${message.url} ${form}`);
        response.end('[]');
      });
    });
    const client = renderClient({ url: `${url}/graphite/`, timeoutMs: 2_000 });
    expect(await client.render({ ...request, targets })).toEqual([]);
    const form = renderForm({ ...request, targets }).toString();
    expect(forms).toEqual([`POST /graphite/render ${form}`]);
    expect(form.length).toBeGreaterThan(4_094);
  });

  it('finds the last parts of the names that a pattern has', async () => {
    const forms: string[] = [];
    const url = await graphite((message, response) => {
      void text(message).then((form) => {
        forms.push(`${message.url} ${new URLSearchParams(form).get('query')}`);
        response.end('[{"text": "arena", "id": "v.streams.arena", "leaf": 0}, {"text": "b~2E"}]');
      });
    });
    const client = renderClient({ url, timeoutMs: 2_000 });
    expect(await client.find('v.streams.*')).toEqual(['arena', 'b~2E']);
    expect(forms).toEqual(['/metrics/find v.streams.*']);
  });

  it.each<[string, RequestListener, string]>([
    ['an error', (_message, response) => response.writeHead(500).end('[]'), 'status 500'],
    ['a redirect', (_message, response) => response.writeHead(302).end('[]'), 'status 302'],
    ['no JSON', (_message, response) => response.end('<html>'), 'not JSON'],
    ['no list', (_message, response) => response.end('{}'), 'not a list of'],
    ['another form', (_message, response) => response.end('[{"target": 1}]'), 'another form'],
    ['a cut', (message) => message.socket.destroy(), ''],
  ])('rejects with graphite_unavailable on %s', async (_what, respond, reason) => {
    const { client } = await clientOf(respond, { attemptsMax: 1 });
    for (const ask of [() => client.render(request), () => client.find('*')]) {
      const rejected = ask();
      await expect(rejected).rejects.toMatchObject({
        code: 'graphite_unavailable',
        retryable: true,
      });
      await expect(rejected).rejects.toThrow(reason);
    }
  });

  it('rejects with graphite_unavailable when its time is over', async () => {
    let asked = 0;
    const { client } = await clientOf(() => (asked += 1), { timeoutMs: 200, attemptsMax: 3 });
    const rejected = client.render(request);
    await expect(rejected).rejects.toMatchObject({ code: 'graphite_unavailable', retryable: true });
    await expect(rejected).rejects.toThrow('no answer in 200 ms');
    expect(asked).toBe(1);
  });

  it.each<[string, Partial<RenderClientOptions>]>([
    ['too large', { answerBytesMax: answer.length - 1 }],
    ['too many series', { seriesMax: 0 }],
  ])('refuses an answer that is or has %s', async (reason, limits) => {
    const { client } = await clientOf((_message, response) => response.end(answer), limits);
    const refused = client.render(request);
    await expect(refused).rejects.toBeInstanceOf(AnswerTooLarge);
    await expect(refused).rejects.toThrow(reason);
  });

  it('takes an answer at its bounds', async () => {
    const limits = { answerBytesMax: answer.length, seriesMax: 1 };
    const { client } = await clientOf((_message, response) => response.end(answer), limits);
    expect(await client.render(request)).toHaveLength(1);
  });
});

describe('a request of the render client', () => {
  const cut = (message: IncomingMessage): unknown => message.socket.destroy();

  it('is made again when there is no answer', async () => {
    const { client, asked } = await clientOf((message, response) => {
      if (asked.length === 1) cut(message);
      else if (asked.length === 2) response.writeHead(200, { 'content-length': 9 }).write('[');
      else response.end(answer);
      if (asked.length === 2) setImmediate(cut, message);
    });
    expect(await client.render(request)).toHaveLength(1);
    expect(asked).toHaveLength(3);
  });

  it('is given up after three attempts, and told of once', async () => {
    const told: string[] = [];
    const { client, asked } = await clientOf(cut, { onAnswer: (outcome) => told.push(outcome) });
    await expect(client.render(request)).rejects.toMatchObject({ code: 'graphite_unavailable' });
    expect(asked).toHaveLength(3);
    expect(told).toEqual(['failed']);
  });

  it('is not made again when the answer is wrong', async () => {
    const { client, asked } = await clientOf((_message, response) => response.end('<html>'));
    await expect(client.render(request)).rejects.toThrow('not JSON');
    expect(asked).toHaveLength(1);
  });

  it('ends, for good, when its owner stops', async () => {
    const stopping = new AbortController();
    const { client, asked } = await clientOf(() => stopping.abort(), { stopping: stopping.signal });
    await expect(client.render(request)).rejects.toMatchObject({ code: 'graphite_unavailable' });
    expect(asked).toHaveLength(1);
  });
});

describe('requests of the render client', () => {
  it('run only so many at once', async () => {
    let running = 0;
    let runningMax = 0;
    const { client } = await clientOf((_message, response) => {
      running += 1;
      runningMax = Math.max(runningMax, running);
      setImmediate(() => {
        running -= 1;
        response.end('[]');
      });
    });
    await Promise.all(Array.from({ length: 40 }, () => client.render(request)));
    expect(runningMax).toBeLessThanOrEqual(8);
  });

  it('are refused when too many wait', async () => {
    const { client } = await clientOf((_message, response) => response.end('[]'), {
      requestsMax: 1,
      waitingMax: 1,
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => client.render(request)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });
});
