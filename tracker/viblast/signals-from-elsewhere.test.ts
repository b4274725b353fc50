import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { codec, type NeighbourMessage } from '../../schemas/index.js';
import { signalLimits } from '../limits.js';
import { newPeerId } from '../neighbours/index.js';
import { MessageExchange } from '../neighbours/message-exchange.js';
import { arbitraryMessage } from '../neighbours/testing/arbitrary-records.js';
import { NeighbourMetrics } from '../neighbours/neighbour-metrics.js';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { testStream } from '../testing/test-parts.js';
import { TestViewer, until } from '../testing/test-viewer.js';

interface Neighbour {
  readonly tracker: TestTracker;
  readonly messages: MessageExchange;
  readonly registry: Registry;
}

async function droppedOf({ registry }: Neighbour): Promise<Record<string, number>> {
  const metric = registry.getSingleMetric('viblast_tracker_neighbour_dropped_total');
  const values = (await metric?.get())?.values ?? [];
  return Object.fromEntries(values.map(({ labels, value }) => [String(labels['reason']), value]));
}

describe('signals between viewers of two trackers', () => {
  const living = new Set<string>();
  let first: Neighbour;
  let second: Neighbour;
  let one: TestViewer;
  let other: TestViewer;

  async function start(instance: string): Promise<Neighbour> {
    const registry = new Registry();
    const metrics = new NeighbourMetrics(registry);
    const isAlive = (asked: string): boolean => living.has(asked) && asked !== instance;
    const messages = new MessageExchange({ instance, isAlive, metrics });
    const tracker = await startTestTracker({
      messagesBurst: 1_000,
      parts: { neighbours: messages, newPeerId: () => newPeerId(instance, randomBytes) },
    });
    living.add(instance);
    return { tracker, messages, registry };
  }

  /** As through Kafka: in a later turn, as bytes. */
  function connect(from: Neighbour, to: Neighbour): void {
    from.messages.carryBy((message) => {
      const decoded = codec().decode(codec().encode('NeighbourMessage', message));
      if (!decoded.ok || decoded.record.type !== 'NeighbourMessage') throw new Error('no message');
      const { value } = decoded.record;
      setImmediate(() => to.messages.take(value, Date.now()));
    });
  }

  const say = (from: TestViewer, to: string, signal: object): void =>
    from.send({ type: 'signal', to, ...signal });
  const offer = (negotiation: string, sdp = 'o') => ({
    kind: 'offer',
    negotiation,
    data: { type: 'offer', sdp },
  });
  const candidates = (negotiation: string) => ({
    kind: 'candidates',
    negotiation,
    candidates: [{ candidate: 'c', sdpMid: '0' }],
  });

  beforeEach(async () => {
    first = await start('instance');
    second = await start('another_');
    connect(first, second);
    connect(second, first);
    one = await TestViewer.join(first.tracker.url, 'arena');
    other = await TestViewer.join(second.tracker.url, 'arena');
  });
  afterEach(async () => {
    for (const viewer of [one, other]) viewer.end();
    for (const { tracker } of [first, second]) {
      await tracker.stop();
      expect(tracker.internalErrors).toEqual([]);
    }
    living.clear();
  });

  it('arrive in order and as they were sent: offer, candidates, answer, candidates back', async () => {
    say(one, other.peer, offer('n', 'ü\u0000\ud800'));
    say(one, other.peer, candidates('n'));
    await other.next('signal', 1);
    say(other, one.peer, { kind: 'answer', negotiation: 'n', data: { sdp: 'a' } });
    say(other, one.peer, candidates('n'));
    await one.next('signal', 1);
    expect(other.of('signal')).toEqual([
      { type: 'signal', from: one.peer, ...offer('n', 'ü\u0000\ud800') },
      { type: 'signal', from: one.peer, ...candidates('n') },
    ]);
    expect(one.of('signal')).toEqual([
      { type: 'signal', from: other.peer, kind: 'answer', negotiation: 'n', data: { sdp: 'a' } },
      { type: 'signal', from: other.peer, ...candidates('n') },
    ]);
    expect([...one.of('error'), ...other.of('error')]).toEqual([]);
  });

  it('are answered with unknown_peer where the tracker is gone, has no such peer, or has it in another swarm', async () => {
    const elsewhere = await TestViewer.join(second.tracker.url, 'arena');
    second.tracker.streams.set('studio', testStream('studio'));
    const studio = await TestViewer.join(second.tracker.url, 'studio');
    elsewhere.end();
    await until(() => second.tracker.parts.directory.size === 2, 'one is gone');
    const asked = [elsewhere.peer, studio.peer, newPeerId('goneaway', randomBytes)];
    for (const [index, to] of asked.entries()) {
      say(one, to, offer('n'));
      expect(await one.next('error', index)).toMatchObject({
        code: 'unknown_peer',
        to,
        kind: 'offer',
        negotiation: 'n',
      });
    }
    studio.end();
  });

  it('arrive however much another address sends there; who sends too much is told, and may offer again', async () => {
    // So far ahead that nothing comes back meanwhile.
    const claimAtMs = Date.now() + 60_000;
    const claim = (origin: string): boolean =>
      first.messages.claim('another_', origin, 1, claimAtMs);
    while (claim('203.0.113.7'));
    say(one, other.peer, offer('n'));
    await other.next('signal');
    while (claim('127.0.0.1'));
    say(one, other.peer, offer('later'));
    expect(await one.next('error')).toMatchObject({ code: 'peer_busy', negotiation: 'later' });
    const thenMs = Date.now();
    await until(() => Date.now() > thenMs + 10, 'there is room for some again');
    say(one, other.peer, offer('later'));
    await other.next('signal', 1);
    expect(one.of('error')).toHaveLength(1);
  });

  it('are refused without an offer, by the tracker that the sender is on', async () => {
    say(one, other.peer, { kind: 'answer', negotiation: 'n', data: {} });
    say(one, other.peer, candidates('n'));
    await one.next('error', 1);
    expect(one.of('error').map(({ code }) => code)).toEqual(['no_offer', 'no_offer']);
    expect(other.of('signal')).toEqual([]);
  });

  it('have the bound of open offers to a viewer held by its tracker, whoever offers from wherever', async () => {
    const { openOffersPerTargetMax, openOffersPerPairMax, openOffersPerOriginMax } = signalLimits;
    const addresses = openOffersPerTargetMax / openOffersPerOriginMax;
    const many = Array.from({ length: openOffersPerTargetMax / openOffersPerPairMax }, (_, index) =>
      TestViewer.join(second.tracker.url, 'arena', undefined, undefined, {
        localAddress: `127.0.0.${2 + (index % addresses)}`,
      }),
    );
    const locals = await Promise.all(many);
    for (const local of locals) {
      for (let index = 0; index < openOffersPerPairMax; index += 1) {
        say(local, other.peer, offer(`${index}`));
      }
    }
    await other.next('signal', openOffersPerTargetMax - 1);
    say(one, other.peer, offer('n'));
    expect(await one.next('error')).toMatchObject({
      code: 'too_many_offers',
      retryable: true,
      to: other.peer,
      kind: 'offer',
      negotiation: 'n',
    });
    expect(other.of('signal')).toHaveLength(openOffersPerTargetMax);
    for (const local of locals) local.end();
  });

  it('are refused where the other viewer reads too slowly, and its offer is open no more', async () => {
    const target = second.tracker.parts.directory.byPeer(other.peer);
    Object.defineProperty(target, 'isBusy', { value: true });
    for (let index = 0; index <= signalLimits.openOffersPerPairMax; index += 1) {
      say(one, other.peer, offer(`n${index}`));
      expect(await one.next('error', index)).toMatchObject({ code: 'peer_busy', retryable: true });
    }
  });

  it('do no harm whatever another tracker writes', async () => {
    const toInstance = 'another_';
    const base: NeighbourMessage = {
      fromInstance: 'instance',
      toInstance,
      dialect: 'viblast.v1',
      swarm: 'arena',
      from: one.peer,
      to: other.peer,
      kind: 'offer',
      payload: '',
    };
    const signal = { type: 'signal', to: other.peer, ...offer('n') };
    let deep: unknown = 1;
    for (let level = 0; level < 40; level += 1) deep = [deep];
    const broken = [
      '',
      '{',
      'null',
      '[]',
      '{"type":"leave"}',
      '{"type":"announce","announces":[]}',
      '{"type":"hello","stream":"arena","session":"x"}',
      JSON.stringify({ ...signal, to: one.peer }),
      JSON.stringify({ ...signal, kind: 'candidates', candidates: [7] }),
      JSON.stringify({ ...signal, data: { deep } }),
    ];
    for (const payload of broken) second.messages.take({ ...base, payload }, Date.now());
    const right = JSON.stringify(signal);
    for (const change of [
      { from: newPeerId('instanc3', randomBytes) },
      { from: other.peer },
      { toInstance: 'somebody' },
      { dialect: 'gopher' },
    ]) {
      second.messages.take({ ...base, payload: right, ...change }, Date.now());
    }
    for (const payload of ['', 'null', '[]', '{"code":"bad_json","kind":"offer"}', '{"code":{}}']) {
      second.messages.take({ ...base, kind: 'refused', payload }, Date.now());
    }
    const unmade = JSON.stringify({ code: 'no_offer', kind: 'offer', negotiation: 'never' });
    second.messages.take({ ...base, kind: 'refused', payload: unmade }, Date.now());
    second.messages.take({ ...base, fromInstance: 'stranger', payload: right }, Date.now());
    expect(await droppedOf(second)).toEqual({
      broken: broken.length + 4 + 5,
      unknown_tracker: 1,
    });
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const { dialect, fromInstance } = base;
        second.messages.take({ ...message, dialect, fromInstance, toInstance }, Date.now());
        second.messages.take({ ...base, payload: message.payload }, Date.now());
      }),
    );
    expect(other.of('signal')).toEqual([]);
    expect(other.of('error')).toEqual([]);
    say(one, other.peer, offer('after all'));
    expect(await other.next('signal')).toMatchObject({ negotiation: 'after all' });
  });

  it('of one tracker are dropped above what it may send', async () => {
    const message = {
      fromInstance: 'instance',
      toInstance: 'another_',
      dialect: 'viblast.v1',
      swarm: 'arena',
      from: one.peer,
      to: other.peer,
      kind: 'offer',
      payload: '',
    };
    const nowMs = Date.now();
    for (let sent = 0; sent < 8_010; sent += 1) second.messages.take(message, nowMs);
    expect(await droppedOf(second)).toEqual({ broken: 8_000, too_many: 10 });
  });
});
