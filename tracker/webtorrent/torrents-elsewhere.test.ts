import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { torrentLimits } from '../../protocol/index.js';
import { announceLimits, neighbourLimits } from '../../schemas/index.js';
import { torrentSocketLimits } from '../limits.js';
import { MessageExchange } from '../neighbours/message-exchange.js';
import { NeighbourMetrics } from '../neighbours/neighbour-metrics.js';
import { announceIntervalMs, TrackersInMemory } from '../neighbours/testing/trackers-in-memory.js';
import type { Dialect } from '../sockets/conversation.js';
import { testParts, testStream, testTorrents } from '../testing/test-parts.js';
import { bytesOf, infoHash, offersOf, TorrentSocket } from '../testing/torrent-socket.js';

/** The longest key that a stream may have: other trackers have to be told of its swarms too. */
const stream = 'x'.repeat(announceLimits.streamLengthMax);

/** One more byte, and it is refused. */
function largestDescription(type: 'offer' | 'answer'): object {
  const { length } = JSON.stringify({ type, sdp: '' });
  return { type, sdp: 'x'.repeat(torrentLimits.descriptionBytesMax - length) };
}

describe('WebTorrent clients on two trackers', () => {
  let trackers: TrackersInMemory;
  let exchanges: MessageExchange[];
  let dialects: Dialect[];
  let sockets: TorrentSocket[];

  beforeEach(() => {
    trackers = new TrackersInMemory();
    sockets = [];
    const both = [trackers.add(), trackers.add()];
    trackers.pass(2_000);
    exchanges = both.map(({ exchange, told }) => {
      const isAlive = (instance: string): boolean => exchange.isAlive(instance);
      const metrics = new NeighbourMetrics(new Registry());
      return new MessageExchange({ instance: told[0]?.instance ?? '', isAlive, metrics });
    });
    for (const [index, exchange] of exchanges.entries()) {
      exchange.carryBy((message) => exchanges[1 - index]?.take(message, trackers.nowMs));
    }
    dialects = both.map(({ store }, index) => {
      const inside = testParts();
      inside.streams.set(stream, testStream(stream));
      const neighbours = exchanges[index] ?? inside.parts.neighbours;
      const parts = { ...inside.parts, announceIntervalMs, swarms: store, neighbours };
      return testTorrents({ ...inside, parts }, { now: () => trackers.nowMs });
    });
  });
  afterEach(() => {
    for (const socket of sockets) socket.end();
    expect(trackers.trackers.map(({ store }) => store.swarmCount)).toEqual([0, 0]);
  });

  function open(tracker: 0 | 1): TorrentSocket {
    const dialect = dialects[tracker];
    if (dialect === undefined) throw new Error('there are two');
    const socket = new TorrentSocket(dialect, `/${stream}`);
    sockets.push(socket);
    return socket;
  }

  /** A client on each, of whom both trackers know. */
  function openBoth(): readonly [TorrentSocket, TorrentSocket] {
    const both = [open(0), open(1)] as const;
    both[0].announce('one');
    both[1].announce('other');
    trackers.pass(1_000);
    return both;
  }

  it('are introduced, with offer and answer as they are', () => {
    const [one, other] = openBoth();
    const offer = { type: 'offer', sdp: 'v=0\r\n\u0000ÿ' };
    one.announce('one', { offers: [{ offer, offer_id: bytesOf('\u0000\u00ff') }] });
    const common = { action: 'announce', info_hash: infoHash, offer_id: bytesOf('\u0000\u00ff') };
    expect(other.offers).toEqual([{ ...common, peer_id: bytesOf('one'), offer }]);
    const answer = { type: 'answer', sdp: 'yes' };
    expect(other.answer('other', 'one', bytesOf('\u0000\u00ff'), { answer })).toEqual([]);
    expect(one.answers).toEqual([{ ...common, peer_id: bytesOf('other'), answer }]);
  });

  it('count as connected once an answer has come, at the tracker that introduced them', () => {
    const [one, other] = openBoth();
    one.announce('one', { offers: offersOf(1) });
    const connected = () => trackers.trackers.map(({ store }) => store.connected);
    expect([trackers.trackers[0]?.store.introductions, connected()]).toEqual([1, [0, 0]]);
    other.answer('other', 'one', 'o0');
    expect(connected()).toEqual([1, 0]);
  });

  it('reach each other with descriptions that are as large as may be', () => {
    const [one, other] = openBoth();
    const offer_id = '\u0000'.repeat(torrentLimits.offerIdLengthMax);
    const offer = largestDescription('offer');
    one.announce('one', { offers: [{ offer, offer_id }] });
    expect(other.offers).toMatchObject([{ offer, offer_id }]);
    const answer = largestDescription('answer');
    expect(other.answer('other', 'one', offer_id, { answer })).toEqual([]);
    expect(one.answers).toMatchObject([{ answer, offer_id }]);
  });

  it('are told when an answer has no tracker to go to any more', () => {
    const [one, other] = openBoth();
    one.announce('one', { offers: offersOf(1) });
    const dead = trackers.trackers[0];
    if (dead !== undefined) dead.isRunning = false;
    trackers.pass(5_000);
    expect(other.answer('other', 'one', 'o0')).toMatchObject([
      { 'failure reason': expect.stringMatching(/^no_offer/) },
    ]);
  });

  it('are counted together', () => {
    const [one, other] = openBoth();
    expect(one.announce('one', { left: 0 })).toMatchObject([{ complete: 1, incomplete: 1 }]);
    trackers.pass(1_000);
    const scraped = (complete: number, incomplete: number) => [
      { files: { [infoHash]: { complete, incomplete, downloaded: complete } } },
    ];
    expect(other.announce('other')).toMatchObject([{ complete: 1, incomplete: 1 }]);
    expect(other.scrape(infoHash)).toMatchObject(scraped(1, 1));
    for (let interval = 0; interval < 20; interval += 1) {
      trackers.pass(announceIntervalMs);
      one.announce('one');
      expect(other.announce('other')).toMatchObject([{ complete: 1, incomplete: 1 }]);
    }
    other.announce('other', { event: 'stopped' });
    trackers.pass(1_000);
    expect(other.scrape(infoHash)).toMatchObject(scraped(1, 0));
    expect(one.announce('one')).toMatchObject([{ complete: 1, incomplete: 0 }]);
    one.end();
    trackers.pass(1_000);
    expect(other.scrape(infoHash)).toMatchObject(scraped(0, 0));
  });

  it('tell each other of those that are complete by samples that name nobody', () => {
    const [one] = openBoth();
    one.announce('one', { left: 0 });
    trackers.pass(1_000);
    const samples = trackers.trackers[0]?.told.flatMap(({ samples: told }) => told) ?? [];
    expect(samples.filter(({ swarm }) => swarm.endsWith('/complete'))).toMatchObject([
      { size: 1, peers: [] },
    ]);
    expect(trackers.trackers[1]?.exchange.figures).toMatchObject({ peersHeard: 1 });
  });

  it('take nothing from another whose peer_id they use', () => {
    const victim = open(0);
    const stranger = open(1);
    const peers = ['p0', 'p1', 'p2'].map((name) => [name, open(1)] as const);
    victim.announce('victim');
    for (const [name, socket] of peers) socket.announce(name);
    trackers.pass(1_000);
    stranger.announce('victim');
    trackers.pass(1_000);
    for (const [name, socket] of peers) socket.announce(name, { offers: offersOf(4) });
    expect(victim.offers).toHaveLength(peers.length);
    for (const { offer_id = '', peer_id = '' } of victim.offers) {
      expect(victim.answer('victim', peer_id, offer_id)).toEqual([]);
    }
    for (const [, { answers }] of peers) expect(answers).toHaveLength(1);
    expect(trackers.trackers[1]?.store.connected).toBe(peers.length);
    stranger.announce('victim', { offers: offersOf(10) });
    // Nobody is offered anything by a peer of its own name.
    expect(victim.offers.map(({ peer_id }) => peer_id)).not.toContain(bytesOf('victim'));
  });

  it('have what is under way when one of them comes back on another socket', () => {
    const [one, other] = openBoth();
    one.announce('one', { offers: offersOf(1) });
    one.end();
    const oneBack = open(0);
    oneBack.announce('one');
    other.end();
    const otherBack = open(1);
    otherBack.announce('other');
    expect(otherBack.answer('other', 'one', 'o0')).toEqual([]);
    expect(oneBack.answers).toMatchObject([{ peer_id: bytesOf('other'), offer_id: 'o0' }]);
  });

  it('get their own answers, whoever took what was under way of theirs while they were silent', () => {
    const [one, other] = openBoth();
    one.announce('one', { offers: offersOf(1) });
    for (let interval = 0; interval < 4; interval += 1) {
      trackers.pass(announceIntervalMs);
      other.announce('other');
    }
    const stranger = open(0);
    stranger.announce('one');
    one.announce('one', { offers: [{ offer: {}, offer_id: 'own' }] });
    expect(other.answer('other', 'one', 'own')).toEqual([]);
    expect([one.answers.length, stranger.answers.length]).toEqual([1, 0]);
  });

  it('are not kept from others by who offers to them in their name', () => {
    const victim = open(0);
    const stranger = open(0);
    victim.announce('victim');
    const peers = Array.from({ length: 12 }, (_, index) => {
      const socket = open(0);
      socket.announce(`p${index}`);
      return socket;
    });
    for (let round = 0; round < 5; round += 1) {
      stranger.announce('victim', { offers: offersOf(10) });
      trackers.pass(5_000);
    }
    const came = (): number => peers.reduce((sum, { offers }) => sum + offers.length, 0);
    const before = came();
    victim.announce('victim', {
      offers: offersOf(10).map((offer, index) => ({ ...offer, offer_id: `own${index}` })),
    });
    expect(came() - before).toBe(10);
  });

  it('get no answer twice, none of another, and none too late', () => {
    const [one, other] = openBoth();
    const [thief] = [open(1)];
    thief.announce('thief');
    one.announce('one', { offers: offersOf(1) });
    expect(thief.answer('other', 'one', 'o0')).toMatchObject([
      { 'failure reason': expect.stringMatching(/^no_offer/) },
    ]);
    other.answer('other', 'one', 'o0');
    other.answer('other', 'one', 'o0');
    expect(one.answers).toHaveLength(1);
  });

  it('are sent no more offers than one that is here', () => {
    const [one, other] = openBoth();
    for (let name = 0; name < 20; name += 1) {
      one.announce('one', { offers: [{ offer: {}, offer_id: `${name}` }] });
    }
    expect(other.offers).toHaveLength(torrentSocketLimits.openOffersPerPairMax);
  });

  it('take nothing from a tracker that a client could not have said', () => {
    const [one] = openBoth();
    const swarm = trackers.trackers[0]?.told.flatMap(({ samples }) => samples)[0]?.swarm ?? '';
    expect(swarm.length).toBeLessThan(neighbourLimits.swarmLengthMax);
    const [here, there] = exchanges;
    const announce = { action: 'announce', info_hash: infoHash, peer_id: bytesOf('other') };
    const payloads = [
      '',
      'null',
      '{"action":"scrape"}',
      JSON.stringify({ ...announce, info_hash: 'x'.repeat(20), offers: offersOf(1) }),
      JSON.stringify({ ...announce, peer_id: bytesOf('third'), offers: offersOf(1) }),
      JSON.stringify({ ...announce, offers: [null] }),
      JSON.stringify({ ...announce, to_peer_id: bytesOf('one'), offer_id: 'o', answer: {} }),
    ];
    const { length } = one.frames;
    for (const payload of payloads) {
      for (const kind of ['offer', 'answer', '']) {
        there?.send({
          toInstance: here?.instance ?? '',
          dialect: 'webtorrent',
          swarm,
          from: bytesOf('other'),
          to: bytesOf('one'),
          kind,
          payload,
        });
      }
    }
    expect(one.frames).toHaveLength(length);
  });

  it('are not told of those of a tracker that died', () => {
    const [one, other] = openBoth();
    const dead = trackers.trackers[1];
    if (dead !== undefined) dead.isRunning = false;
    trackers.pass(5_000);
    one.announce('one', { offers: offersOf(1) });
    expect(other.offers).toEqual([]);
  });
});
