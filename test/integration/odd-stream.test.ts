import { afterAll, describe, expect, it } from '@jest/globals';
import { encodeNamePart, renderClient } from '../../graphite/index.js';
import { newSession, TestViewer, until } from '../../tracker/testing/test-viewer.js';
import { waitFor } from './testing/portal-support.js';
import { sharedStack, sharedTimes } from './testing/stack.js';
import { openDatabase, rowsOf } from './testing/views-support.js';

const stack = sharedStack();
const { intervalMs } = sharedTimes;
const letters = 'abcdefghijklmnopqrstuvwxyz';
const signs = `${letters}${letters.toUpperCase()}0123456789._:@-`;
/** 100 characters, every sign that a key may have among them. */
const key = `${process.pid}${signs}${'x'.repeat(100)}`.slice(0, 100);
const title = 'Aréna "1" <b>';
const path = `/streams/${encodeURIComponent(key)}`;
const database = openDatabase(stack.clickhouse.url, stack.clickhouse.database);

async function api(
  method: string,
  where: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${stack.portal.url}/api/v1${where}`, {
    method,
    headers: {
      authorization: `Bearer ${stack.portal.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

describe('a stream with every sign in its key and an awkward title', () => {
  let viewer: TestViewer | undefined;
  let announcing: NodeJS.Timeout | undefined;

  afterAll(async () => {
    clearInterval(announcing);
    viewer?.end();
    await database.close();
  });

  it('is created, viewed, shown, drawn and queried under its own name', async () => {
    expect(key).toHaveLength(100);
    expect(signs.split('').every((sign) => key.includes(sign))).toBe(true);
    const created = await api('POST', '/streams', { key, title });
    expect(created).toMatchObject({ status: 201, body: { key, title } });
    const found = await api('GET', `/streams?search=${encodeURIComponent('arena "1" <b>')}`);
    expect(found.body).toMatchObject({ streams: [{ key, title }] });

    const ws = stack.trackers[0]?.ws ?? '';
    viewer = await joined(ws);
    announcing = announceOn(viewer);
    const query = `?from=${Date.now() - 60_000}&until=`;
    await waitFor(async () => {
      const { body } = await api('GET', `${path}/metrics${query}${Date.now()}`);
      const { series } = body as { readonly series: { readonly viewers: readonly unknown[] } };
      return series.viewers.includes(1) ? true : undefined;
    });

    const { render } = renderClient({ url: stack.graphite.render, timeoutMs: 30_000 });
    const target = `viblast.streams.${encodeNamePart(key)}.viewers`;
    const nowMs = Date.now();
    const [drawn] = await render({ targets: [target], fromMs: nowMs - 60_000, untilMs: nowMs });
    expect([...(drawn?.points.values() ?? [])]).toContain(1);

    const tables = ['stream_minutes', 'announces'];
    for (const table of tables) {
      await waitFor(async () => {
        const select = `SELECT count() AS count FROM ${table} WHERE stream = {key:String}`;
        const [row] = await rowsOf(database, select, { key });
        return Number(row?.['count']) > 0 ? true : undefined;
      });
    }
  }, 120_000);

  it.each(['*', '', '.', '..', '-a', 'a b', 'a/b', 'a*', 'é', 'a'.repeat(101), '.'.repeat(90)])(
    'has no key like %j',
    async (reserved) => {
      expect(await api('POST', '/streams', { key: reserved })).toMatchObject({
        status: 400,
        body: { code: 'invalid', field: 'key' },
      });
    },
  );
});

/** A viewer who is in as soon as the tracker knows the stream. */
async function joined(ws: string): Promise<TestViewer> {
  return await waitFor(async () => {
    const viewer = await TestViewer.connect(ws);

    viewer.send({ type: 'hello', stream: key, session: newSession(), browser: 'Firefox' });
    await until(() => viewer.received.length > 0, 'the tracker answers');
    if (viewer.of('welcome').length > 0) return viewer;
    viewer.end();
    return undefined;
  });
}

/** Announces each second, so that there is a viewer in each minute. */
function announceOn(viewer: TestViewer): NodeJS.Timeout {
  let number = 0;
  const announce = (): void => {
    const state = 'playing' as const;
    const sums = { watchedMs: 900, stalledMs: 0, stalls: 0, cdnBytes: 1_000, peerBytes: 3_000 };
    const others = { segment: number, quality: '720p', uploadedBytes: 0, peers: 1 };
    viewer.announce([{ number, time: Date.now(), state, ...sums, ...others }]);
    number += 1;
  };
  announce();
  return setInterval(announce, intervalMs / 5);
}
