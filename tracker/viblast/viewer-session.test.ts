import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { announceBytesMax } from '../announces/announce-batcher.js';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { iceServersOf } from '../ice/ice-servers.js';
import { testIceSettings, testStream } from '../testing/test-parts.js';
import { newSession, TestViewer, until } from '../testing/test-viewer.js';

const otherKeys = [{ kid: 'k2', secret: randomBytes(32).toString('base64url') }];

describe('a viewer’s session', () => {
  let tracker: TestTracker;
  beforeEach(async () => {
    tracker = await startTestTracker();
  });
  afterEach(async () => {
    expect(tracker.internalErrors).toEqual([]);
    await tracker.stop();
  });

  it('welcomes, answers an announce with peers at once and acknowledges when the log has it', async () => {
    tracker.log.isHolding = true;
    const session = newSession();
    const viewer = await TestViewer.join(tracker.url, 'arena', session);
    const time = Date.now();
    viewer.announce([{ number: 0, time, segment: 7, quality: '720p', watchedMs: 5_000 }]);
    await viewer.next('peers');
    await until(() => tracker.log.heldCount === 1, 'the batch is on its way');
    expect(viewer.acknowledged).toEqual([]);
    tracker.log.answerAll();
    await viewer.next('acknowledged');
    expect(viewer.acknowledged).toEqual([0]);
    expect(tracker.log.batches[0]?.batch).toMatchObject({
      tracker: 'test-tracker',
      announces: [
        {
          stream: 'arena',
          session: Buffer.from(session, 'base64url'),
          number: 0,
          time,
          segment: 7,
          quality: '720p',
          browser: 'Firefox',
          state: 'unknown',
          watchedMs: 5_000,
          startupMs: null,
          droppedFrames: 0,
        },
      ],
    });
    viewer.end();
  });

  it('acknowledges with the answer to the next announce where a viewer announces at a pace', async () => {
    let nowMs = Date.now();
    await tracker.stop();
    tracker = await startTestTracker({ parts: { now: () => nowMs } });
    const viewer = await TestViewer.join(tracker.url, 'arena');
    const announce = async (number: number): Promise<void> => {
      viewer.announce([{ number, time: nowMs }]);
      await viewer.next('peers', number);
      await until(() => tracker.announces.queueBytes === 0, 'the log has it');
    };
    await announce(0);
    await viewer.next('acknowledged');
    nowMs += 10_000;
    await announce(1);
    nowMs += 10_000;
    await announce(2);
    await viewer.next('acknowledged', 1);
    const types = ['welcome', 'peers', 'acknowledged', 'peers', 'peers', 'acknowledged'];
    expect(viewer.received.map(({ type }) => type)).toEqual(types);
    expect(viewer.acknowledged).toEqual([0, 1]);
    viewer.send({ type: 'announce', announces: [] });
    await viewer.next('acknowledged', 2);
    expect(viewer.acknowledged).toEqual([0, 1, 2]);
    nowMs += 10_000;
    viewer.announce([{ number: 3, time: nowMs }]);
    nowMs += 10_000;
    viewer.announce([{ number: 4, time: nowMs, state: 'quit' }]);
    await until(() => viewer.acknowledged.includes(4), 'the last one does not wait');
    viewer.end();
  });

  it.each([
    ['leaves', (viewer: TestViewer) => viewer.send({ type: 'leave' })],
    ['is sent away', () => tracker.server.viewers().forEach((leaver) => leaver.reconnect(60_000))],
  ])('acknowledges what waits when a viewer %s', async (_what, strike) => {
    let nowMs = Date.now();
    await tracker.stop();
    tracker = await startTestTracker({ parts: { now: () => nowMs } });
    const viewer = await TestViewer.join(tracker.url, 'arena');
    viewer.announce([{ number: 0, time: nowMs }]);
    await viewer.next('peers');
    nowMs += 10_000;
    viewer.announce([{ number: 1, time: nowMs }]);
    await viewer.next('peers', 1);
    await until(() => tracker.announces.queueBytes === 0, 'the log has it');
    expect(viewer.acknowledged).not.toContain(1);
    strike(viewer);
    await until(() => viewer.acknowledged.includes(1), 'it is acknowledged');
    viewer.end();
  });

  it('acknowledges within seconds what waits in vain for the next announce', async () => {
    const viewer = await TestViewer.join(tracker.url, 'arena');
    viewer.announce([{ number: 0, time: Date.now() }]);
    await viewer.next('acknowledged');
    const beganAtMs = Date.now();
    viewer.announce([{ number: 1, time: Date.now() }]);
    await until(() => viewer.acknowledged.includes(1), 'it is acknowledged');
    expect(Date.now() - beganAtMs).toBeLessThan(10_000);
    viewer.end();
  });

  it('tells viewers of each other and relays an offer, its answer and candidates', async () => {
    const one = await TestViewer.join(tracker.url, 'arena');
    const other = await TestViewer.join(tracker.url, 'arena');
    const time = Date.now();
    other.announce([{ number: 0, time, segment: 3, quality: '360p' }]);
    await other.next('peers');
    one.announce([{ number: 0, time, segment: 4, quality: '360p' }]);
    const { peers } = await one.next('peers');
    expect(peers).toEqual([{ peer: other.peer, segment: 3, quality: '360p' }]);
    const signal = { type: 'signal', negotiation: 'n' };
    one.send({ ...signal, to: other.peer, kind: 'offer', data: { sdp: 'o' } });
    const offer = await other.next('signal');
    expect(offer).toEqual({ ...signal, from: one.peer, kind: 'offer', data: { sdp: 'o' } });
    other.send({ ...signal, to: one.peer, kind: 'answer', data: { sdp: 'a' } });
    const candidates = [{ candidate: 'c' }];
    other.send({ ...signal, to: one.peer, kind: 'candidates', candidates });
    await one.next('signal', 1);
    expect(one.of('signal').map(({ kind }) => kind)).toEqual(['answer', 'candidates']);
    other.send({ ...signal, to: one.peer, kind: 'answer', data: {} });
    expect(await other.next('error')).toMatchObject({ code: 'no_offer', retryable: false });
    one.end();
    other.end();
  });

  it('goes on with signals and peers while Kafka is away, acknowledges nothing, and all of it when Kafka is back', async () => {
    tracker.log.isAway = true;
    const one = await TestViewer.join(tracker.url, 'arena');
    const other = await TestViewer.join(tracker.url, 'arena');
    one.announce([
      { number: 0, time: Date.now() },
      { number: 1, time: Date.now() },
    ]);
    await one.next('peers');
    await until(() => tracker.log.appends > 2, 'the batch was tried again');
    one.send({ type: 'signal', to: other.peer, kind: 'offer', negotiation: 'n', data: {} });
    await other.next('signal');
    expect(one.acknowledged).toEqual([]);
    tracker.log.isAway = false;
    await until(() => one.acknowledged.length === 2, 'both are acknowledged');
    expect(tracker.log.batches).toHaveLength(1);
    one.end();
    other.end();
  });

  it('refuses for good what is too old, too far ahead, or of a stream that was archived', async () => {
    const viewer = await TestViewer.join(tracker.url, 'arena');
    const now = Date.now();
    viewer.announce([
      { number: 0, time: now - 125_000 },
      { number: 1, time: now + 35_000 },
      { number: 2, time: now - 110_000 },
    ]);
    await viewer.next('refused', 1);
    tracker.streams.set('arena', testStream('arena', { isArchived: true }));
    viewer.announce([{ number: 3, time: now }]);
    await viewer.next('refused', 2);
    expect(viewer.of('refused')).toEqual([
      { type: 'refused', numbers: [0], reason: 'too_old' },
      { type: 'refused', numbers: [1], reason: 'ahead' },
      { type: 'refused', numbers: [3], reason: 'archived' },
    ]);
    await until(() => viewer.acknowledged.length > 0, 'the right one is acknowledged');
    expect(viewer.acknowledged).toEqual([2]);
    viewer.end();
  });

  it('refuses as late what the log took too late by its own time', async () => {
    tracker.log.clockOffsetMs = 400_000;
    const viewer = await TestViewer.join(tracker.url, 'arena');
    viewer.announce([{ number: 0, time: Date.now() }]);
    expect(await viewer.next('refused')).toEqual({ type: 'refused', numbers: [0], reason: 'late' });
    expect(viewer.acknowledged).toEqual([]);
    viewer.end();
  });

  it('answers the last announces before it closes the socket of a viewer that leaves', async () => {
    const viewer = await TestViewer.join(tracker.url, 'arena');
    viewer.announce([{ number: 0, time: Date.now() }]);
    viewer.send({ type: 'leave' });
    expect(await viewer.closed()).toBe(1000);
    expect(viewer.acknowledged).toEqual([0]);
    expect(tracker.parts.swarms.swarmCount).toBe(0);
    expect(tracker.parts.directory.size).toBe(0);
  });

  it('lets the newest connection of a session stand for it in the swarm, and acknowledges on both', async () => {
    const session = newSession();
    const first = await TestViewer.join(tracker.url, 'arena', session);
    const second = await TestViewer.join(tracker.url, 'arena', session);
    const other = await TestViewer.join(tracker.url, 'arena');
    first.announce([{ number: 0, time: Date.now() }]);
    second.announce([{ number: 0, time: Date.now() }]);
    await first.next('acknowledged');
    await second.next('acknowledged');
    other.announce([{ number: 0, time: Date.now() }]);
    const { peers } = await other.next('peers');
    expect(peers.map(({ peer }) => peer)).toEqual([second.peer]);
    for (const viewer of [first, second, other]) viewer.end();
  });

  it('expects hello first', async () => {
    const viewer = await TestViewer.connect(tracker.url);
    viewer.announce([{ number: 0, time: 1 }]);
    expect(await viewer.next('error')).toMatchObject({ code: 'hello_expected' });
    viewer.end();
  });

  it('handles what was sent right behind hello after it has let the viewer in', async () => {
    const viewer = await TestViewer.connect(tracker.url);
    viewer.send({ type: 'hello', stream: 'arena', session: newSession() });
    viewer.announce([{ number: 0, time: Date.now() }]);
    await viewer.next('acknowledged');
    expect(viewer.received.map(({ type }) => type)).toEqual(['welcome', 'peers', 'acknowledged']);
    viewer.end();
  });

  it('lets only listed origins in, where a stream lists some', async () => {
    tracker.streams.set('arena', testStream('arena', { origins: ['https://tv.example'] }));
    const hello = { type: 'hello', stream: 'arena', session: newSession() };
    const right = await TestViewer.connect(tracker.url, 'viblast.v1', {
      origin: 'https://tv.example',
    });
    right.send(hello);
    await right.next('welcome');
    for (const options of [{ origin: 'https://tv.example.evil' }, {}]) {
      const wrong = await TestViewer.connect(tracker.url, 'viblast.v1', options);
      wrong.send(hello);
      expect(await wrong.next('error')).toMatchObject({ code: 'origin_refused' });
      expect(await wrong.closed()).toBe(4403);
    }
    const refused = { reason: 'origin_refused', stream: 'arena' };
    expect(tracker.refused).toEqual([
      { ...refused, origin: 'https://tv.example.evil' },
      { ...refused, origin: undefined },
    ]);
    right.end();
  });

  it('lets only holders of a join token in, where a stream has keys', async () => {
    const secret = randomBytes(32);
    const tokenKeys = [{ kid: 'k1', secret: secret.toString('base64url') }];
    tracker.streams.set('arena', testStream('arena', { tokenKeys }));
    const session = newSession();
    const sign = (): Promise<string> =>
      new SignJWT({ stream: 'arena', session })
        .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
        .setExpirationTime('1m')
        .sign(secret);
    const viewer = await TestViewer.connect(tracker.url);
    viewer.send({ type: 'hello', stream: 'arena', session, token: await sign() });
    viewer.announce([{ number: 0, time: Date.now() }]);
    await viewer.next('acknowledged');
    const stranger = await TestViewer.connect(tracker.url);
    stranger.send({ type: 'hello', stream: 'arena', session: newSession(), token: await sign() });
    stranger.announce([{ number: 0, time: Date.now() }]);
    expect(await stranger.next('error')).toMatchObject({ code: 'token_refused' });
    expect(await stranger.closed()).toBe(4401);
    expect(stranger.of('peers')).toEqual([]);
    for (const odd of [null, 7, {}, 'x'.repeat(5_000)]) {
      const other = await TestViewer.connect(tracker.url);
      other.send({ type: 'hello', stream: 'arena', session, token: odd, ticket: odd });
      expect(await other.next('error')).toMatchObject({ code: 'token_refused' });
      expect(await other.closed()).toBe(4401);
    }
    viewer.end();
  });

  it('lets a viewer come back by its ticket when its token has expired, and by no wrong one', async () => {
    const secret = randomBytes(32);
    const tokenKeys = [{ kid: 'k1', secret: secret.toString('base64url') }];
    tracker.streams.set('arena', testStream('arena', { tokenKeys }));
    const session = newSession();
    const sign = (expires: string): Promise<string> =>
      new SignJWT({ stream: 'arena', session })
        .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
        .setExpirationTime(expires)
        .sign(secret);
    const first = await TestViewer.join(tracker.url, 'arena', session, { token: await sign('1m') });
    const { ticket } = await first.next('welcome');
    if (ticket === undefined) throw new Error('no ticket');
    first.end();
    const token = await sign('-1m');
    const refused = async (credentials: object): Promise<[string, number]> => {
      const viewer = await TestViewer.connect(tracker.url);
      viewer.send({ type: 'hello', stream: 'arena', session, ...credentials });
      const { code, retryable } = await viewer.next('error');
      expect(retryable).toBe(false);
      return [code, await viewer.closed()];
    };
    expect(await refused({ token })).toEqual(['token_expired', 4410]);
    expect(await refused({ token: `${token.slice(0, -4)}AAAA` })).toEqual(['token_refused', 4401]);
    // Another tracker, which shares nothing with the first but the registry.
    const elsewhere = await startTestTracker();
    elsewhere.streams.set('arena', testStream('arena', { tokenKeys }));
    const again = await TestViewer.join(elsewhere.url, 'arena', session, { token, ticket });
    again.announce([{ number: 0, time: Date.now() }]);
    await again.next('acknowledged');
    expect((await again.next('welcome')).ticket).toBeDefined();
    again.end();
    await elsewhere.stop();
    tracker.streams.set('arena', testStream('arena', { tokenKeys: otherKeys }));
    expect(await refused({ token, ticket })).toEqual(['token_refused', 4401]);
    expect(await refused({ ticket })).toEqual(['token_refused', 4401]);
  });

  it('gives no ticket where the stream asks for no token', async () => {
    const viewer = await TestViewer.join(tracker.url, 'arena');
    expect(await viewer.next('welcome')).not.toHaveProperty('ticket');
    viewer.end();
  });

  it('refuses a token that makes the reason longer than a close has room for', async () => {
    const tokenKeys = [{ kid: 'k1', secret: randomBytes(32).toString('base64url') }];
    tracker.streams.set('arena', testStream('arena', { tokenKeys }));
    const extension = 'x'.repeat(200);
    const header = { alg: 'HS256', kid: 'k1', crit: [extension], [extension]: 1 };
    const token = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.AAAA`;
    const viewer = await TestViewer.connect(tracker.url);
    viewer.send({ type: 'hello', stream: 'arena', session: newSession(), token });
    expect(await viewer.next('error')).toMatchObject({ code: 'token_refused' });
    expect(await viewer.closed()).toBe(4401);
  });

  it('takes the browser from hello, else its brands, else Sec-CH-UA, else the User-Agent', async () => {
    const userAgent = {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    };
    const headers = { ...userAgent, 'sec-ch-ua': '"Microsoft Edge";v="1", "Chromium";v="1"' };
    const brands = [{ brand: 'Chromium', version: '1' }];
    const told = [
      { hello: { browser: 'Safari', brands }, headers, family: 'Safari' },
      { hello: { browser: 'Opera', brands }, headers, family: 'Chrome' },
      { hello: { browser: 'Opera', brands: 'none' }, headers, family: 'Edge' },
      { hello: { browser: null }, headers: userAgent, family: 'Firefox' },
    ];
    for (const { hello, headers: sent, family } of told) {
      const viewer = await TestViewer.connect(tracker.url, 'viblast.v1', { headers: sent });
      viewer.send({ type: 'hello', stream: 'arena', session: newSession(), ...hello });
      viewer.announce([{ number: 0, time: Date.now() }]);
      await viewer.next('acknowledged');
      expect(tracker.log.batches.at(-1)?.batch.announces[0]?.browser).toBe(family);
      viewer.end();
    }
  });

  it('counts a rendition by the usual name that it gives, and tells peers the name they know', async () => {
    tracker.streams.set('cinema', testStream('cinema', { renditions: ['sd', 'hd=720p'] }));
    const viewer = await TestViewer.join(tracker.url, 'cinema');
    viewer.announce([{ number: 0, time: Date.now(), quality: 'HD' }]);
    await viewer.next('acknowledged');
    expect(tracker.log.batches.at(-1)?.batch.announces[0]?.quality).toBe('hd=720p');
    const other = await TestViewer.join(tracker.url, 'cinema');
    other.announce([{ number: 0, time: Date.now(), quality: 'hd' }]);
    expect((await other.next('peers')).peers).toMatchObject([{ quality: 'hd' }]);
    viewer.end();
    other.end();
  });
});

describe('what a viewer is lent', () => {
  it('is renewed behind an announce when half of its time is over, while its key is there', async () => {
    const clock = { nowMs: Date.now() };
    const ice_servers = ['turn:turn.example'];
    const tracker = await startTestTracker({
      parts: {
        now: () => clock.nowMs,
        iceServers: iceServersOf({ ...testIceSettings, ice_servers, turn_secret: 'shared' }),
      },
    });
    const secret = randomBytes(32);
    const tokenKeys = [{ kid: 'k1', secret: secret.toString('base64url') }];
    tracker.streams.set('arena', testStream('arena', { tokenKeys }));
    const session = newSession();
    const token = await new SignJWT({ stream: 'arena', session })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .setExpirationTime('1m')
      .sign(secret);
    const viewer = await TestViewer.join(tracker.url, 'arena', session, { token });
    const lent = await viewer.next('welcome');
    const announceAt = async (number: number, afterMs: number): Promise<void> => {
      clock.nowMs += afterMs;
      viewer.announce([{ number, time: clock.nowMs }]);
      await viewer.next('peers', number);
    };
    await announceAt(0, 299_000);
    await announceAt(1, 2_000);
    const renewed = await viewer.next('renewed');
    expect(viewer.of('renewed')).toHaveLength(1);
    expect(renewed.iceServers[0]?.username).not.toBe(lent.iceServers[0]?.username);
    expect(renewed.ticket).not.toBe(lent.ticket);
    tracker.streams.set('arena', testStream('arena', { tokenKeys: otherKeys }));
    await announceAt(2, 301_000);
    expect(await viewer.next('renewed', 1)).not.toHaveProperty('ticket');
    viewer.end();
    await tracker.stop();
  });
});

describe('the bounds of a viewer’s session', () => {
  it('puts announces off when the queue is full, by their numbers, and takes them again later', async () => {
    const tracker = await startTestTracker({ queueBytesMax: announceBytesMax + 150 });
    tracker.log.isAway = true;
    const viewer = await TestViewer.join(tracker.url, 'arena');
    viewer.announce([0, 1, 2, 3].map((number) => ({ number, time: Date.now() })));
    expect(await viewer.next('error')).toMatchObject({
      code: 'overloaded',
      retryable: true,
      numbers: [2, 3],
    });
    await until(() => tracker.log.appends > 1, 'Kafka was found away');
    viewer.announce([{ number: 4, time: Date.now() }]);
    expect(await viewer.next('error', 1)).toMatchObject({
      code: 'kafka_unavailable',
      retryable: true,
      numbers: [4],
    });
    tracker.log.isAway = false;
    await until(() => viewer.acknowledged.length === 2, 'the queue is empty');
    viewer.announce([{ number: 2, time: Date.now() }]);
    await until(() => viewer.acknowledged.includes(2), 'it is taken now');
    viewer.end();
    await tracker.stop();
  });

  it('closes with 4429 who sends more messages than allowed', async () => {
    const tracker = await startTestTracker({ messagesBurst: 5 });
    const viewer = await TestViewer.join(tracker.url, 'arena');
    for (let number = 0; number < 50; number += 1) viewer.announce([{ number, time: Date.now() }]);
    expect(await viewer.closed()).toBe(4429);
    expect(viewer.of('error')).toMatchObject([{ code: 'too_many_messages', retryable: true }]);
    await tracker.stop();
  });
});
