import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { sharedStack, sharedTimes } from './testing/stack.js';
import { waitFor, writePoints } from './testing/portal-support.js';

const stack = sharedStack();
const { intervalMs } = sharedTimes;
let streams = 0;

function newKey(): string {
  streams += 1;
  return `portal.test:${process.pid}-${streams}`;
}

function baseOf(key: string): string {
  return `viblast.streams.${key.replaceAll('.', '~2E').replaceAll(':', '~3A')}`;
}

async function api(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; etag: string | null; text: string; body: unknown }> {
  const response = await fetch(`${stack.portal.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${stack.portal.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const parsed: unknown = isJson ? JSON.parse(text) : undefined;
  return { status: response.status, etag: response.headers.get('etag'), text, body: parsed };
}

describe('streams through the portal, on a real registry log', () => {
  it('are created, changed, archived and deleted, each from the revision that was seen', async () => {
    const key = newKey();
    const path = `/streams/${encodeURIComponent(key)}`;
    const created = await api('POST', '/streams', { key, renditions: ['720p', '360p'] });
    expect(created).toMatchObject({ status: 201, etag: '"1"', body: { key, revision: 1 } });
    const changed = await api('PATCH', path, { title: 'T' }, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, etag: '"2"', body: { title: 'T' } });
    const archived = await api('PATCH', path, { isArchived: true }, { 'if-match': '"2"' });
    expect(archived).toMatchObject({ status: 200, body: { isArchived: true, revision: 3 } });
    const search = `search=${encodeURIComponent(key)}`;
    expect((await api('GET', `/streams?${search}`)).text).not.toContain(key);
    expect((await api('GET', `/streams?archived=true&${search}`)).text).toContain(key);
    const deleted = await api('DELETE', path, undefined, { 'if-match': '"3"' });
    expect(deleted).toMatchObject({ status: 204, text: '' });
    expect(await api('GET', path)).toMatchObject({ status: 404 });
    expect((await api('GET', `${path}/history`)).body).toMatchObject({
      entries: [{ changes: [{ field: 'isDeleted' }] }, {}, {}, {}],
    });
  });

  it('are not changed twice from one revision, even at the same moment', async () => {
    const key = newKey();
    const path = `/streams/${encodeURIComponent(key)}`;
    await api('POST', '/streams', { key });
    const titles = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(
      titles.map((title) => api('PATCH', path, { title }, { 'if-match': '"1"' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    expect(await api('GET', path)).toMatchObject({ etag: '"2"' });
  });

  it('are created once, even at the same moment', async () => {
    const key = newKey();
    const answers = await Promise.all([1, 2, 3].map(() => api('POST', '/streams', { key })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('need If-Match to be changed, and settings that keep the rules', async () => {
    const key = newKey();
    const path = `/streams/${encodeURIComponent(key)}`;
    await api('POST', '/streams', { key });
    expect(await api('PATCH', path, { title: 'x' })).toMatchObject({ status: 428 });
    const change = { origins: ['https://example.com/path'] };
    expect(await api('PATCH', path, change, { 'if-match': '"1"' })).toMatchObject({
      status: 400,
      body: { code: 'invalid', field: 'origins[0]' },
    });
  });
});

describe('metrics through the portal, from real Graphite', () => {
  it('are the points that were written, and 0 where none was', async () => {
    const key = newKey();
    const path = `/streams/${encodeURIComponent(key)}`;
    await api('POST', '/streams', { key });
    const base = baseOf(key);
    const now = Math.floor(Date.now() / intervalMs) * intervalMs;
    const first = now - 4 * intervalMs;
    const third = now - 2 * intervalMs;
    await writePoints(stack.graphite, [
      [`${base}.viewers`, 3, first],
      [`${base}.viewers`, 5, third],
      [`${base}.viewers_by_quality.a~20b`, 5, third],
      [`${base}.browsers_by_quality.a~20b.Chrome`, 5, third],
      [`${base}.bytes.p2p`, 2 ** 40, third],
    ]);
    const query = `/metrics?from=${first}&until=${third + intervalMs}`;
    const read = await waitFor(async () => {
      const answer = await api('GET', `${path}${query}`);
      const { series } = answer.body as { series: { viewers: unknown[]; peerBytes: unknown[] } };
      return series.viewers[2] === 5 && series.peerBytes[2] === 2 ** 40 ? answer : undefined;
    });
    // The stream was registered after the minute between, so nothing is known of it.
    expect(read.body).toMatchObject({
      subject: { kind: 'stream', name: key },
      intervalMs,
      stepMs: intervalMs,
      times: [first, first + intervalMs, third],
      series: {
        viewers: [3, null, 5],
        viewersByQuality: { 'a b': [null, null, 5] },
        browsersByQuality: { 'a b': { Chrome: [null, null, 5] } },
      },
    });
    const csv = await api('GET', `${path}${query}&format=csv`);
    expect(csv.text.split('\r\n')[3]).toMatch(new RegExp(`^[^,]+,${third},5,`));
  });

  it('of a group are those of its streams together, and of no other', async () => {
    const group = newKey().replace(':', '-');
    const [first, second, other] = [newKey(), newKey(), newKey()];
    for (const key of [first, second]) {
      const created = await api('POST', '/streams', { key, options: { groups: [group] } });
      expect(created.status).toBe(201);
    }
    await api('POST', '/streams', { key: other });
    const minute = Math.floor(Date.now() / intervalMs) * intervalMs - 2 * intervalMs;
    await writePoints(stack.graphite, [
      [`${baseOf(first)}.viewers`, 3, minute],
      [`${baseOf(first)}.bytes.cdn`, 700, minute],
      [`${baseOf(first)}.bytes_by_quality.720p.p2p`, 9, minute],
      [`${baseOf(first)}.viewers_by_quality.720p`, 3, minute],
      [`${baseOf(second)}.viewers`, 4, minute],
      [`${baseOf(second)}.bytes.cdn`, 70, minute],
      [`${baseOf(second)}.viewers_by_quality.a~20b`, 4, minute],
      [`${baseOf(other)}.viewers`, 50, minute],
      [`${baseOf(other)}.bytes.cdn`, 50, minute],
    ]);
    const path = `/groups/${encodeURIComponent(group)}`;
    const span = `from=${minute}&until=${minute + intervalMs}`;
    const viewersByQuality = { '720p': [3], 'a b': [4] };
    const together = { viewers: [7], cdnBytes: [770], viewersByQuality };
    const chosen = Object.keys(together).join(',');
    const read = await waitFor(async () => {
      const answer = await api('GET', `${path}/metrics?${span}&series=${chosen}`);
      const { series } = answer.body as { series: object };
      return isDeepStrictEqual(series, together) ? answer : undefined;
    });
    expect(read.body).toMatchObject({ subject: { kind: 'group', name: group } });
    const all = await api('GET', `${path}/metrics?${span}`);
    // The stream was registered after it: what has no point isn't known.
    const bytesByQuality = { '720p': { cdnBytes: [null], peerBytes: [9] } };
    expect(all.body).toMatchObject({ series: { ...together, bytesByQuality } });
    const peak = await api('GET', `${path}/peak?${span}`);
    expect(peak.body).toMatchObject({ viewers: 7, atMs: minute });
  });

  it('come with health, members and now-values', async () => {
    expect(await api('GET', '/health')).toMatchObject({
      status: 200,
      body: { graphite: { isReachable: true }, registry: { isReadable: true } },
    });
    const members = await waitFor(async () => {
      const answer = await api('GET', '/members');
      return answer.text.includes('"portal"') ? answer : undefined;
    });
    expect(members.body).toMatchObject({
      members: expect.arrayContaining([expect.objectContaining({ role: 'portal' })]) as unknown,
    });
    expect(await api('GET', '/now')).toMatchObject({ status: 200, body: { intervalMs } });
  });
});
