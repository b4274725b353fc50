import { afterEach, describe, expect, it } from '@jest/globals';
import { boundAddress } from '../../service/admin-server.js';
import { portalLimits } from '../limits.js';
import {
  bearer,
  closePortals,
  minuteMs,
  minuteNow,
  nowMs,
  partialPartitions,
  series,
  testPortal,
  token,
  type TestPortal,
} from '../testing/portal-server.js';
import { testAccounts, tokenOf } from '../testing/test-accounts.js';

const own = { origin: 'http://portal.test', host: 'portal.test' };
afterEach(closePortals);

async function portalWithArena(): Promise<TestPortal> {
  const portal = await testPortal();
  portal.nowMs = minuteNow - 60 * minuteMs;
  portal.catalog.put({ key: 'arena' });
  tell(portal, 3);
  await portal.app.listen({ host: '127.0.0.1', port: 0 });
  return portal;
}

/** After a while the next minute is told, with so many viewers in the last closed one. */
function tell(portal: TestPortal, viewers: number, afterMs = minuteMs): void {
  portal.nowMs = portal.nowMs < nowMs ? nowMs : portal.nowMs + afterMs;
  const last = Math.floor(portal.nowMs / minuteMs) * minuteMs - minuteMs;
  portal.render = () =>
    Promise.resolve([
      ...Array.from({ length: partialPartitions }, (_, partition) =>
        series(`viblast.progress.${partition}.closed`, { [last]: 1 }),
      ),
      series('viblast.total.viewers', { [last]: viewers }),
      series('viblast.streams.arena.viewers', { [last]: viewers }),
    ]);
}

async function open(
  portal: TestPortal,
  query: string,
  headers: Record<string, string> = bearer,
  method = 'GET',
) {
  const url = `http://${boundAddress(portal.app.server)}/api/v1/live?${query}`;
  return await fetch(url, { headers, method });
}

/** The data of events, one after the other, till the stream ends. */
async function* events(response: Response): AsyncGenerator {
  let text = '';
  const body = response.body as AsyncIterable<Uint8Array> | null;
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [, data] = /^event: now\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}

describe('GET /live', () => {
  it('tells the latest minute at once, and each new one as it comes', async () => {
    const portal = await portalWithArena();
    const response = await open(portal, 'streams=arena&total=true');
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const told = events(response);
    expect((await told.next()).value).toMatchObject({
      intervalMs: minuteMs,
      total: { viewers: 3 },
      streams: [{ key: 'arena', viewers: 3, state: 'current', closedUntilMs: minuteNow }],
    });
    tell(portal, 5);
    expect((await told.next()).value).toMatchObject({
      streams: [{ viewers: 5, closedUntilMs: minuteNow + minuteMs }],
    });
    await told.return(undefined);
  });

  it('is open before Graphite answers', async () => {
    const portal = await portalWithArena();
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    const { render } = portal;
    portal.render = (...request) => asked.then(() => render(...request));
    const response = await open(portal, 'streams=arena');
    expect(response.status).toBe(200);
    answer();
    const told = events(response);
    expect((await told.next()).done).toBe(false);
    await told.return(undefined);
  });

  it('has no events for who asks for its head alone', async () => {
    const portal = await portalWithArena();
    const response = await open(portal, 'streams=arena', bearer, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toBe('');
    expect(portal.requests).toEqual([]);
  });

  it('asks Graphite once for all that are told', async () => {
    const portal = await portalWithArena();
    const all = await Promise.all(
      [1, 2, 3].map(async () => events(await open(portal, 'streams=arena'))),
    );
    for (const told of all) expect((await told.next()).done).toBe(false);
    const { length } = portal.requests;
    tell(portal, 5);
    for (const told of all) expect((await told.next()).done).toBe(false);
    expect(portal.requests.length - length).toBe(3);
    await Promise.all(all.map((told) => told.return(undefined)));
  });

  it('ends with the session', async () => {
    const portal = await portalWithArena();
    const signedIn = await portal.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: { token },
      headers: own,
    });
    const cookie = signedIn.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const told = events(await open(portal, 'streams=arena', { cookie }));
    expect((await told.next()).done).toBe(false);
    portal.nowMs += 2 * 3_600_000;
    tell(portal, 5);
    expect((await told.next()).done).toBe(true);
  });

  it('goes on for who was let in when others of the network try too many wrong tokens', async () => {
    const portal = await portalWithArena();
    const told = events(await open(portal, 'streams=arena'));
    expect((await told.next()).done).toBe(false);
    portal.nowMs += 49_000;
    for (let count = 0; count <= portalLimits.failuresPerMinute; count += 1) {
      await open(portal, 'streams=arena', { authorization: 'Bearer wrong' });
    }
    expect((await open(portal, 'streams=arena')).status).toBe(429);
    tell(portal, 5, 2_000);
    expect((await told.next()).value).toMatchObject({ streams: [{ viewers: 5 }] });
    await told.return(undefined);
  });

  it('tells nothing more of streams that the user may no longer see', async () => {
    const portal = await portalWithArena();
    portal.catalog.put({ key: 'arena', options: { groups: ['sports'] } });
    const accounts = await testAccounts(Infinity);
    const limitedTo = (groups: string[]): typeof accounts => ({
      ...accounts,
      tokens: accounts.tokens.map((one) => ({ ...one, groups })),
    });
    portal.accounts = limitedTo(['sports']);
    const authorization = `Bearer ${tokenOf('viewer')}`;
    const told = events(await open(portal, 'streams=arena', { authorization }));
    expect((await told.next()).value).toMatchObject({ streams: [{ key: 'arena' }] });
    portal.accounts = limitedTo(['news']);
    tell(portal, 5);
    expect((await told.next()).value).toMatchObject({ streams: [] });
    await told.return(undefined);
  });

  it('has places for others when one has as many as it may', async () => {
    const portal = await portalWithArena();
    portal.accounts = await testAccounts(Infinity);
    const authorization = `Bearer ${tokenOf('viewer')}`;
    const places = Array.from({ length: portalLimits.liveClientsPerActorMax }, () =>
      open(portal, 'streams=arena', { authorization }),
    );
    const taken = await Promise.all(places);
    expect(new Set(taken.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await open(portal, 'streams=arena', { authorization })).status).toBe(503);
    const others = await open(portal, 'streams=arena');
    expect(others.status).toBe(200);
    for (const { body } of [...taken, others]) await body?.cancel();
  });

  it.each([
    ['streams=stranger', 404],
    [`streams=${Array.from({ length: 101 }, (_, index) => `s${index}`).join(',')}`, 400],
    ['streams=%25E0%25A4%25A', 400],
  ])('refuses %s with %d', async (query, status) => {
    expect((await open(await portalWithArena(), query)).status).toBe(status);
  });

  it('is for those who are let in', async () => {
    expect((await open(await portalWithArena(), 'streams=arena', {})).status).toBe(401);
  });
});
