import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { holdbackDraw } from '../policy/held-back.js';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { testStream } from '../testing/test-parts.js';
import { TestViewer, until } from '../testing/test-viewer.js';

/** A session that is among a tenth of the stream `arena`, or isn't. */
function sessionOf(isAmongTenth: boolean): string {
  for (;;) {
    const session = randomBytes(16);
    if (holdbackDraw('arena', session).share < 0.1 === isAmongTenth)
      return session.toString('base64url');
  }
}

describe('viewers of a stream with a policy', () => {
  let tracker: TestTracker;
  const viewers: TestViewer[] = [];
  let number = 0;

  beforeEach(async () => {
    tracker = await startTestTracker();
  });
  afterEach(async () => {
    for (const viewer of viewers.splice(0)) viewer.end();
    await until(() => tracker.parts.directory.size === 0, 'all are gone');
    expect(tracker.parts.audience.sessionsIn('arena')).toBe(0);
    expect(tracker.internalErrors).toEqual([]);
    await tracker.stop();
  });

  /** As the registry would, when it has read the change. */
  function change(policy: object, more: object = {}): void {
    const stream = testStream('arena', { options: { policy, ...more } });
    tracker.streams.set('arena', stream);
    tracker.parts.audience.streamChanged(stream);
  }

  async function join(told: object = {}): Promise<TestViewer> {
    const viewer = await TestViewer.connect(tracker.url);
    viewers.push(viewer);
    viewer.send({ type: 'hello', stream: 'arena', session: sessionOf(false), ...told });
    await viewer.next('welcome');
    return viewer;
  }

  /** Whom it is told of behind one more announce. */
  async function toldOf(
    viewer: TestViewer,
    connectedPeers: string[] = [],
    message: object = {},
  ): Promise<string[]> {
    const answers = viewer.of('peers').length;
    number += 1;
    const announces = [{ number, time: Date.now(), cdnBytes: 100 }];
    viewer.send({ type: 'announce', announces, peersWanted: 8, connectedPeers, ...message });
    const { peers } = await viewer.next('peers', answers);
    return peers.map(({ peer }) => peer);
  }

  /** Two that have met, so that either is told of the other. */
  async function joinPair(): Promise<readonly [TestViewer, TestViewer]> {
    const pair = [await join(), await join()] as const;
    await toldOf(pair[1]);
    expect(await toldOf(pair[0])).toEqual([pair[1].peer]);
    return pair;
  }

  async function offerFrom(viewer: TestViewer, to: string): Promise<string> {
    const errors = viewer.of('error').length;
    const negotiation = `n${errors}`;
    viewer.send({ type: 'signal', to, kind: 'offer', negotiation, data: { type: 'offer' } });
    const target = viewers.find(({ peer }) => peer === to);
    const before = target?.of('signal').length ?? 0;
    await until(
      () => viewer.of('error').length > errors || (target?.of('signal').length ?? 0) > before,
      'the offer is relayed or refused',
    );
    return viewer.of('error')[errors]?.code ?? 'relayed';
  }

  /** One more announce as it stands in the log: why from the CDN, and the group of its session. */
  async function written(viewer: TestViewer, message: object = {}) {
    await toldOf(viewer, [], message);
    const written = number;
    const found = () =>
      tracker.log.batches.flatMap(({ batch: { announces, facetValues = [] } }) => {
        const announce = announces.find((one) => one.number === written);
        const facets = announce?.facets.map((place) => facetValues[place]) ?? [];
        const group = facets.find((one) => one?.facet === 'holdback')?.value;
        return announce === undefined ? [] : [{ reason: announce.cdnReason, group }];
      });
    await until(() => found().length > 0, 'the announce is in the log');
    return found()[0];
  }

  it('are told of it in their welcome, and of a change at once, once', async () => {
    const early = await join();
    const usual = { peers: true, cellular: true, give: true, viewersMin: 1 };
    expect(await early.next('welcome')).toMatchObject({ policy: usual, isHeldBack: false });
    change({ peersMax: 3, uploadKbpsMax: 800, give: false });
    const policy = { ...usual, peersMax: 3, uploadKbpsMax: 800, give: false };
    expect(await early.next('policy')).toEqual({ type: 'policy', policy, isHeldBack: false });
    expect(await (await join()).next('welcome')).toMatchObject({ policy, isHeldBack: false });
    change({ give: false, uploadKbpsMax: 800, peersMax: 3 }, { tags: ['other'] });
    change({ give: false, uploadKbpsMax: 800, peersMax: 3, holdbackPercent: 10 });
    await toldOf(early);
    expect(early.of('policy')).toHaveLength(1);
  });

  it('have no peers where nobody gets any, those who have met neither, until they may again', async () => {
    const [one, other] = await joinPair();
    expect(await offerFrom(one, other.peer)).toBe('relayed');
    change({ peers: false });
    expect(await toldOf(one)).toEqual([]);
    expect(await toldOf(await join())).toEqual([]);
    expect(await offerFrom(one, other.peer)).toBe('unknown_peer');
    other.send({ type: 'signal', to: one.peer, kind: 'answer', negotiation: 'n0', data: {} });
    expect(await other.next('error')).toMatchObject({ code: 'unknown_peer' });
    expect(await written(one)).toMatchObject({ reason: 'policy' });
    change({});
    await toldOf(other);
    expect(await toldOf(one)).toContain(other.peer);
    expect(await offerFrom(one, other.peer)).toBe('relayed');
  });

  it('aren’t told of, and not introduced to, who is held back, whatever that one sends', async () => {
    change({ holdbackPercent: 10 });
    const held = await join({ session: sessionOf(true) });
    expect(await held.next('welcome')).toMatchObject({ isHeldBack: true });
    const other = await join();
    expect(await other.next('welcome')).toMatchObject({ isHeldBack: false });
    await toldOf(held);
    expect(await toldOf(other)).toEqual([]);
    expect(await toldOf(held)).toEqual([]);
    expect(await offerFrom(held, other.peer)).toBe('unknown_peer');
    expect(await offerFrom(other, held.peer)).toBe('unknown_peer');
    expect([...held.of('signal'), ...other.of('signal')]).toEqual([]);
    expect(await written(held)).toEqual({ reason: 'policy', group: 'held_back' });
    expect(await written(other)).toEqual({ reason: 'alone', group: 'with_peers' });
  });

  it('are held back from a change on, and not any more from another', async () => {
    const held = await join({ session: sessionOf(true) });
    const other = await join();
    await toldOf(held);
    expect(await toldOf(other)).toEqual([held.peer]);
    change({ holdbackPercent: 10 });
    expect(await held.next('policy')).toMatchObject({ isHeldBack: true });
    // Within the second in which the same answer is given again.
    expect(await toldOf(other)).toEqual([]);
    expect(await toldOf(held)).toEqual([]);
    change({ holdbackPercent: 0 });
    expect(await held.next('policy', 1)).toMatchObject({ isHeldBack: false });
    await toldOf(held);
    expect(await toldOf(other)).toEqual([held.peer]);
  });

  it('tell which of both they are as long as their stream holds some back', async () => {
    const held = await join({ session: sessionOf(true) });
    const other = await join();
    expect(await written(held)).toMatchObject({ group: undefined });
    change({ holdbackPercent: 10 });
    expect(await written(held)).toMatchObject({ group: 'held_back' });
    expect(await written(other)).toMatchObject({ group: 'with_peers' });
    change({});
    expect(await written(held)).toMatchObject({ group: undefined });
  });

  it('are told of as many as they may still connect to', async () => {
    change({ peersMax: 2 });
    const others = [await join(), await join(), await join()];
    for (const other of others) await toldOf(other);
    const viewer = await join();
    expect(await toldOf(viewer)).toHaveLength(2);
    const [first = '', second = ''] = others.map(({ peer }) => peer);
    expect(await toldOf(viewer, [first])).toHaveLength(1);
    expect(await toldOf(viewer, [first, second])).toEqual([]);
    expect(await written(viewer)).toMatchObject({ reason: 'unconnected' });
  });

  it('explain bytes by policy when they want none, not when they have all that they want', async () => {
    const [one, other] = await joinPair();
    expect(await written(one, { peersWanted: 0 })).toMatchObject({ reason: 'policy' });
    const full = { peersWanted: 0, connectedPeers: [other.peer] };
    expect(await written(one, full)).toMatchObject({ reason: 'unconnected' });
  });

  it('are introduced from so many viewers on', async () => {
    change({ viewersMin: 3 });
    const [one, other] = [await join(), await join()];
    await toldOf(other);
    expect(await toldOf(one)).toEqual([]);
    expect(await written(one)).toMatchObject({ reason: 'policy' });
    await join({ session: sessionOf(true) });
    expect(await toldOf(one)).toEqual([other.peer]);
  });

  it('on cellular networks have no peers where the stream says so', async () => {
    change({ cellular: false });
    const [cellular, other] = [await join({ connection: 'cellular' }), await join()];
    await toldOf(cellular);
    await toldOf(other);
    expect([await toldOf(cellular), await toldOf(other)]).toEqual([[], []]);
    expect(await offerFrom(other, cellular.peer)).toBe('unknown_peer');
    change({});
    await toldOf(cellular);
    expect(await toldOf(other)).toEqual([cellular.peer]);
  });

  it('are told of seeders alone where they don’t give, those who did before neither', async () => {
    const [one, other] = await joinPair();
    const seeder = await join({ role: 'seeder' });
    await toldOf(seeder);
    change({ give: false });
    expect(await toldOf(one)).toEqual([seeder.peer]);
    expect(one.of('peers').at(-1)?.peers).toMatchObject([{ role: 'seeder' }]);
    await toldOf(other);
    expect(await toldOf(one)).toEqual([seeder.peer]);
    expect(await offerFrom(one, seeder.peer)).toBe('relayed');
    expect(await written(one)).toMatchObject({ reason: 'unconnected' });
    change({});
    await toldOf(other);
    expect(await toldOf(one)).toContain(other.peer);
    const roles = new Map(
      one
        .of('peers')
        .at(-1)
        ?.peers.map(({ peer, role }) => [peer, role]),
    );
    expect([roles.get(seeder.peer), roles.get(other.peer)]).toEqual(['seeder', undefined]);
  });

  it('are without peers by policy where they don’t give and there is no seeder', async () => {
    const [one, other] = await joinPair();
    change({ give: false });
    expect(await written(one)).toMatchObject({ reason: 'policy' });
    expect(await written(other)).toMatchObject({ reason: 'policy' });
    change({});
    await toldOf(other);
    expect(await written(one)).toMatchObject({ reason: 'unconnected' });
  });

  it('stay out that have come back on another socket', async () => {
    const session = sessionOf(false);
    const older = await join({ session });
    const newer = await join({ session });
    const other = await join();
    change({ peers: false });
    change({});
    await toldOf(older);
    await toldOf(newer);
    expect(await toldOf(other)).toEqual([newer.peer]);
    expect(await toldOf(older)).toEqual([]);
  });
});
