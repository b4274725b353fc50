import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { torrentLimits } from '../../protocol/index.js';
import { torrentSocketLimits } from '../limits.js';
import type { Dialect } from '../sockets/conversation.js';
import { testParts, testTorrents, type TestParts } from '../testing/test-parts.js';
import {
  bytesOf,
  infoHash,
  offersOf,
  otherInfoHash,
  TorrentSocket,
} from '../testing/torrent-socket.js';

/** The announce interval of the tests' tracker. */
const intervalMs = 5_000;

describe('a WebTorrent swarm', () => {
  let inside: TestParts;
  let dialect: Dialect;
  let nowMs: number;
  const sockets: TorrentSocket[] = [];
  const open = (target?: string, address = '192.0.2.7'): TorrentSocket => {
    const socket = new TorrentSocket(dialect, target, { address });
    sockets.push(socket);
    return socket;
  };
  const counts = (complete: number, incomplete: number) => [
    { action: 'announce', info_hash: infoHash, interval: 5, complete, incomplete },
  ];

  beforeEach(() => {
    inside = testParts();
    nowMs = Date.now();
    dialect = testTorrents(inside, { now: () => nowMs });
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.end();
    expect(inside.parts.swarms.swarmCount).toBe(0);
    expect(inside.internalErrors).toEqual([]);
    inside.announces.stop();
  });

  it('counts who is in it, by announces that are all there is to the dialect', () => {
    const one = open();
    const other = open();
    expect(one.announce('one')).toEqual(counts(0, 1));
    expect(other.announce('other', { left: 0 })).toEqual(counts(1, 1));
    expect(one.announce('one', { event: undefined })).toEqual(counts(1, 1));
    expect(one.announce('one', { event: 'completed' })).toEqual(counts(2, 0));
    expect(one.announce('one', { event: 'whatever', left: 7 })).toEqual(counts(2, 0));
    expect(other.announce('other', { event: 'stopped' })).toEqual(counts(1, 0));
    expect(other.announce('other', { event: 'stopped' })).toEqual(counts(1, 0));
    other.announce('other', { event: 'completed' });
    expect(one.announce('one', { event: 'update' })).toEqual(counts(2, 0));
    other.end();
    expect(one.announce('one', { event: 'update' })).toEqual(counts(1, 0));
  });

  it.each([
    [undefined, 0],
    [null, 0],
    [1e20, 0],
    ['', 0],
    [[], 0],
    [0, 1],
    ['0', 1],
  ])('takes %j left for what it says', (left, complete) => {
    expect(open().announce('one', { left })).toEqual(counts(complete, 1 - complete));
  });

  it('passes offers on and brings the answer back, with nothing in them changed', () => {
    const [one, other] = [open(), open()];
    one.announce('one');
    const offer = { type: 'offer', sdp: 'v=0\r\n\u0000\ud800', extra: [1] };
    const offerId = bytesOf('\u0001\u00fe');
    other.announce('other', { offers: [{ offer, offer_id: offerId }], numwant: 1 });
    const common = { action: 'announce', info_hash: infoHash, offer_id: offerId };
    expect(one.offers).toEqual([{ ...common, peer_id: bytesOf('other'), offer }]);
    const answer = { type: 'answer', sdp: 'yes' };
    expect(one.answer('one', 'other', offerId, { answer })).toEqual([]);
    expect(other.answers).toEqual([{ ...common, peer_id: bytesOf('one'), answer }]);
  });

  it('answers the announce first, and then sends its offers out', () => {
    const both = open();
    both.announce('one');
    const told = both.announce('other', { offers: offersOf(1) });
    expect(told).toEqual([...counts(0, 2), expect.objectContaining({ offer_id: 'o0' })]);
  });

  it('passes each offer to another peer, as many as are wanted', () => {
    const others = ['a', 'b', 'c', 'd'].map((peer) => {
      const socket = open();
      socket.announce(peer);
      return socket;
    });
    const received = (): number =>
      others.reduce((sum, { frames, offers }) => (frames.length ? sum + offers.length : sum), 0);
    const one = open();
    one.announce('one', { offers: offersOf(3) });
    expect(others.map(({ offers }) => offers.length).sort()).toEqual([0, 1, 1, 1]);
    for (const [numwant, relayed] of [
      [0, 0],
      [1, 1],
      ['2', 2],
      [2.9, 2],
      [-1, 3],
      [1e9, 3],
      ['many', 3],
      [{}, 3],
    ] as const) {
      const before = received();
      const fresh = open();
      fresh.announce(`fresh ${JSON.stringify(numwant)}`, { offers: offersOf(3), numwant });
      expect(received() - before).toBeLessThanOrEqual(relayed);
      fresh.end();
    }
  });

  it('takes 50 offers in one announce, and relays no more than its bound', () => {
    const others = Array.from({ length: 30 }, (_, index) => {
      const socket = open();
      socket.announce(`other ${index}`);
      return socket;
    });
    const offers = offersOf(50).map((offer) => ({
      ...offer,
      offer: { type: 'offer', sdp: 'x'.repeat(2_400) },
    }));
    const told = open().announce('one', { offers, numwant: 50 });
    expect(told).toEqual(counts(0, 31));
    const relayed = others.reduce((sum, socket) => sum + socket.offers.length, 0);
    expect(relayed).toBe(torrentLimits.offersPerAnnounceMax);
  });

  it('leaves out offers that are none, says so, and goes on', () => {
    const [one, other] = [open(), open()];
    one.announce('one');
    const deep = JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`) as object;
    const wrong = [
      null,
      7,
      {},
      { offer: 'x', offer_id: 'o' },
      { offer: {}, offer_id: 'x'.repeat(65) },
    ];
    const large = { offer: { sdp: 'x'.repeat(17_000) }, offer_id: 'large' };
    const tooDeep = { offer: deep, offer_id: 'deep' };
    const [told] = other.announce('other', { offers: [...wrong, large, tooDeep, ...offersOf(1)] });
    expect(told?.['warning message']).toMatch(/^7 offers/);
    expect(told).toMatchObject({ complete: 0, incomplete: 2 });
    expect(one.offers).toMatchObject([{ offer_id: 'o0' }]);
    for (const offers of [null, 'x', {}, 7]) {
      expect(other.announce('other', { offers })).toEqual(counts(0, 2));
    }
  });

  it('passes on no answer that belongs to no offer, or a second one', () => {
    const [one, other, third] = [open(), open(), open()];
    one.announce('one');
    const failure = [{ 'failure reason': expect.stringMatching(/^no_offer: /) }];
    expect(one.answer('one', 'other', 'o0')).toMatchObject(failure);
    other.announce('other', { offers: offersOf(1) });
    third.announce('third');
    expect(third.answer('third', 'other', 'o0')).toMatchObject(failure);
    expect(third.answer('one', 'other', 'o0')).toMatchObject(failure);
    expect(one.answer('one', 'other', 'o0')).toEqual([]);
    expect(one.answer('one', 'other', 'o0')).toMatchObject(failure);
    expect(other.answers).toHaveLength(1);
    other.announce('other', { offers: offersOf(1), numwant: 1 });
    nowMs += torrentSocketLimits.offerLifetimeMs + 1;
    expect(one.answer('one', 'other', 'o0')).toMatchObject(failure);
    expect(one.closeCode).toBeUndefined();
  });

  it('doesn’t count answers to relayed offers among the messages', () => {
    const [one, other] = [open(), open()];
    one.announce('one');
    other.announce('other', { offers: offersOf(1) });
    const answer = { action: 'announce', info_hash: infoHash, peer_id: bytesOf('one') };
    const told = { ...answer, to_peer_id: bytesOf('other'), offer_id: 'o0', answer: {} };
    expect(one.say(told)).toBe(true);
    expect(one.say(told)).toBe(false);
  });

  it('sends no more offers to who doesn’t answer them, or reads too slowly', () => {
    const { openOffersPerPairMax, openOffersPerOriginMax, openOffersPerTargetMax } =
      torrentSocketLimits;
    const one = open();
    one.announce('one');
    const other = open();
    const offer = (socket: TorrentSocket, peer: string, name: number) =>
      socket.announce(peer, { offers: [{ offer: {}, offer_id: `${name}` }] });
    for (let name = 0; name < 20; name += 1) offer(other, 'other', name);
    expect(one.offers).toHaveLength(openOffersPerPairMax);
    other.end();
    const flood = (address: string): void => {
      for (let name = 0; name < openOffersPerTargetMax; name += 1) {
        const socket = open(undefined, address);
        offer(socket, `${address} ${name}`, name);
        socket.end();
      }
    };
    flood('192.0.2.8');
    expect(one.offers).toHaveLength(openOffersPerPairMax + openOffersPerOriginMax);
    for (let last = 9; last < 9 + openOffersPerTargetMax / openOffersPerOriginMax; last += 1) {
      flood(`192.0.2.${last}`);
    }
    expect(one.offers).toHaveLength(openOffersPerTargetMax);
    nowMs += torrentSocketLimits.openOfferCountsMs;
    one.announce('one');
    one.unsentBytes = 1e6;
    const late = open();
    offer(late, 'late', 1);
    late.end();
    expect(one.offers).toHaveLength(openOffersPerTargetMax);
    one.unsentBytes = 0;
    offer(open(), 'later', 1);
    expect(one.offers).toHaveLength(openOffersPerTargetMax + 1);
  });

  it('passes an offer on to another peer where the first one reads too slowly', () => {
    const others = Array.from({ length: 35 }, (_, index) => {
      const socket = open(undefined, `192.0.2.${index}`);
      socket.announce(`other ${index}`);
      if (index % 7 > 0) socket.unsentBytes = 1e6;
      return socket;
    });
    const free = others.filter(({ unsentBytes }) => unsentBytes === 0);
    const { swarms } = inside.parts;
    for (let round = 1; round <= 3; round += 1) {
      const one = open();
      one.announce(`one ${round}`, { offers: offersOf(free.length) });
      expect(free.map(({ offers }) => offers.length)).toEqual(free.map(() => round));
      expect(swarms.introductions).toBe(round * free.length);
      one.end();
    }
    expect(others.flatMap(({ offers }) => offers)).toHaveLength(3 * free.length);
  });

  it('passes offers on to those that want others first, and to those that are complete', () => {
    const [wanting, unwilling, complete] = [{}, { numwant: 0 }, { numwant: 0, left: 0 }].map(
      (fields, kind) =>
        Array.from({ length: 40 }, (_, index) => {
          const socket = open(undefined, `192.0.2.${40 * kind + index}`);
          const peer = `${kind} ${index}`;
          socket.announce(peer);
          socket.announce(peer, fields);
          return [socket, peer] as const;
        }),
    );
    const came = (kind = wanting): number =>
      kind?.reduce((sum, [{ offers }]) => sum + offers.length, 0) ?? 0;
    for (const [socket, peer] of wanting ?? []) socket.announce(peer, { offers: offersOf(5) });
    expect(came(wanting) + came(unwilling) + came(complete)).toBe(200);
    // Of those from anywhere, a fifth of all, some are.
    expect(came(unwilling)).toBeLessThan(30);
    expect(came(complete)).toBeGreaterThan(50);
  });

  it('forgets who is silent for three intervals, and takes it again when it announces', () => {
    const [one, other] = [open(), open()];
    one.announce('one', { left: 0 });
    nowMs += 2 * intervalMs;
    expect(other.announce('other')).toEqual(counts(1, 1));
    nowMs += 2 * intervalMs;
    expect(other.announce('other', { offers: offersOf(1) })).toEqual(counts(0, 1));
    expect(one.offers).toEqual([]);
    expect(one.announce('one')).toEqual(counts(0, 2));
    other.announce('other', { offers: offersOf(1) });
    expect(one.offers).toHaveLength(1);
  });

  it('has several peers on a socket, and a peer in several swarms', () => {
    const [one, other] = [open(), open()];
    one.announce('one');
    one.announce('two', { info_hash: otherInfoHash });
    one.announce('one', { info_hash: otherInfoHash });
    other.announce('other', { info_hash: otherInfoHash, offers: offersOf(5) });
    expect(one.offers.map(({ info_hash }) => info_hash)).toEqual([otherInfoHash, otherInfoHash]);
    one.announce('one', { info_hash: otherInfoHash, event: 'stopped' });
    expect(other.announce('other')).toEqual(counts(0, 2));
    one.end();
    expect(other.announce('other')).toEqual(counts(0, 1));
    expect(other.scrape(otherInfoHash)).toMatchObject([
      { files: { [otherInfoHash]: { complete: 0, incomplete: 1 } } },
    ]);
  });

  it('refuses a socket more swarms than it may be in, until it leaves some', () => {
    const { swarmsPerSocketMax } = torrentSocketLimits;
    const one = open();
    const join = (index: number, event = 'started') =>
      one.announce('one', { info_hash: bytesOf(`swarm ${index}`), event })[0];
    for (let index = 0; index < swarmsPerSocketMax; index += 1) {
      expect(join(index)).toMatchObject({ incomplete: 1 });
    }
    expect(join(1_000)?.['failure reason']).toMatch(/^too_many_swarms: /);
    expect(join(1)).toMatchObject({ incomplete: 1 });
    join(7, 'stopped');
    expect(join(1_001)).toMatchObject({ incomplete: 1 });
    nowMs += 4 * intervalMs;
    expect(join(1_002)).toMatchObject({ incomplete: 1 });
    expect(one.closeCode).toBeUndefined();
  });

  it('tells scrapes of one swarm, of several, and of those it is in', () => {
    const [one, other] = [open(), open()];
    one.announce('one', { left: 0 });
    one.announce('one', { info_hash: otherInfoHash });
    const some = { complete: 1, incomplete: 0, downloaded: 1 };
    const others = { complete: 0, incomplete: 1, downloaded: 0 };
    const none = { complete: 0, incomplete: 0, downloaded: 0 };
    const scraped = (files: object) => [
      { action: 'scrape', files, flags: { min_request_interval: 5 } },
    ];
    expect(other.scrape(infoHash)).toEqual(scraped({ [infoHash]: some }));
    const nobody = bytesOf('nobody');
    expect(other.scrape([infoHash, otherInfoHash, nobody])).toEqual(
      scraped({ [infoHash]: some, [otherInfoHash]: others, [nobody]: none }),
    );
    expect(other.scrape()).toEqual(scraped({ [infoHash]: some, [otherInfoHash]: others }));
    expect(other.scrape([])).toEqual(scraped({}));
    const many = Array.from({ length: 200 }, (_, index) => bytesOf(`${index}`));
    const [told] = other.scrape(many);
    expect(Object.keys(told?.files ?? {})).toHaveLength(torrentLimits.scrapedSwarmsMax);
    expect(other.conversation.hasGreeted).toBe(true);
  });

  it('closes a socket that scrapes more swarms than its share', () => {
    const socket = open();
    const infoHashes = Array.from({ length: torrentLimits.scrapedSwarmsMax }, (_, index) =>
      String(index).padStart(20, '0'),
    );
    for (let scrape = 0; scrape < 4; scrape += 1)
      socket.say({ action: 'scrape', info_hash: infoHashes });
    expect([socket.frames.length, socket.closeCode]).toEqual([4, undefined]);
    socket.say({ action: 'scrape', info_hash: infoHashes });
    expect(socket.closeCode).toBe(4429);
  });

  describe('in which a peer_id comes back on another socket', () => {
    const noOffer = [{ 'failure reason': expect.stringMatching(/^no_offer: /) }];

    it('brings the answer to what it offered before', () => {
      const [one, other] = [open(), open()];
      other.announce('other');
      one.announce('one', { offers: offersOf(2) });
      one.end();
      const back = open();
      back.announce('one');
      expect(other.answer('other', 'one', 'o0')).toEqual([]);
      expect(back.answers).toMatchObject([{ peer_id: bytesOf('other'), offer_id: 'o0' }]);
    });

    it('takes its answer to what it was offered before, also while the other one stands', () => {
      const [one, other, third] = [open(), open(), open()];
      one.announce('one');
      other.announce('other', { offers: offersOf(1) });
      const beside = open();
      beside.announce('one');
      expect(beside.answer('one', 'other', 'o0')).toEqual([]);
      expect(one.answer('one', 'other', 'o0')).toMatchObject(noOffer);
      beside.end();
      third.announce('third', { offers: offersOf(2) });
      expect(one.offers).toHaveLength(2);
      one.end();
      const back = open();
      back.announce('one');
      expect(back.answer('one', 'third', one.offers[1]?.offer_id ?? '')).toEqual([]);
      expect([other.answers.length, third.answers.length]).toEqual([1, 1]);
    });

    it('brings and takes nothing that is too old, nor what nobody is there for', () => {
      const [one, other] = [open(), open()];
      one.announce('one');
      other.announce('other', { offers: offersOf(1) });
      one.announce('one', { offers: offersOf(1) });
      one.end();
      expect(other.answer('other', 'one', 'o0')).toMatchObject(noOffer);
      nowMs += torrentSocketLimits.offerLifetimeMs + 1;
      const back = open();
      back.announce('one');
      expect(back.answer('one', 'other', 'o0')).toMatchObject(noOffer);
    });
  });

  describe('in which a peer_id stands on two sockets', () => {
    it('counts it once, as long as it is on one of them', () => {
      const [old, anew, other] = [open(), open(), open()];
      old.announce('one');
      expect(anew.announce('one', { left: 0 })).toEqual(counts(1, 0));
      expect(other.announce('other')).toEqual(counts(1, 1));
      old.end();
      expect(other.announce('other')).toEqual(counts(1, 1));
      anew.announce('one', { event: 'stopped' });
      expect(other.announce('other')).toEqual(counts(0, 1));
    });

    it('sends offers to both, and takes the first answer', () => {
      const [old, anew, other] = [open(), open(), open()];
      old.announce('one');
      anew.announce('one');
      other.announce('other', { offers: offersOf(2) });
      expect([old.offers.length, anew.offers.length]).toEqual([1, 1]);
      expect(anew.answer('one', 'other', 'o0')).toEqual([]);
      expect(old.answer('one', 'other', 'o0')).toMatchObject([
        { 'failure reason': expect.stringMatching(/^no_offer/) },
      ]);
      expect(other.answers).toHaveLength(1);
    });

    it('sends offers to the oldest alone from when that announces beside the others', () => {
      const [victim, thief, other] = [open(), open(), open()];
      victim.announce('one');
      thief.announce('one');
      victim.announce('one', { event: 'update' });
      open().announce('one');
      thief.announce('one', { event: 'update' });
      other.announce('other', { offers: offersOf(2) });
      expect([victim.offers.length, thief.offers.length]).toEqual([1, 0]);
      expect(thief.answer('one', 'other', 'guessed')).toMatchObject([
        { 'failure reason': expect.stringMatching(/^no_offer/) },
      ]);
      expect(victim.answer('one', 'other', 'o0')).toEqual([]);
      expect(other.answers).toHaveLength(1);
    });

    it('sends offers to who is left when the oldest has gone', () => {
      const [old, anew, other] = [open(), open(), open()];
      old.announce('one');
      anew.announce('one');
      old.announce('one', { event: 'update' });
      old.end();
      other.announce('other', { offers: offersOf(1) });
      expect(anew.offers).toHaveLength(1);
    });

    it('takes nothing from who had it before', () => {
      const [victim, thief, other] = [open(), open(), open()];
      other.announce('other');
      victim.announce('one', { offers: offersOf(1) });
      thief.announce('one');
      other.answer('other', 'one', 'o0');
      expect([victim.answers.length, thief.answers.length]).toEqual([1, 0]);
      thief.announce('one', { event: 'stopped' });
      thief.end();
      other.announce('other', { offers: offersOf(1) });
      expect(victim.offers).toHaveLength(1);
      expect(other.announce('other')).toEqual(counts(0, 2));
    });
  });
});
