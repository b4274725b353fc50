import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { holdbackDraw } from '../policy/held-back.js';
import type { Dialect } from '../sockets/conversation.js';
import { testParts, testStream, testTorrents, type TestParts } from '../testing/test-parts.js';
import { until } from '../testing/test-viewer.js';
import {
  bytesOf,
  infoHash,
  offersOf,
  otherInfoHash,
  TorrentSocket,
} from '../testing/torrent-socket.js';
import { plainSessionOf } from './plain-session.js';

/** peer_ids whose sessions are among a tenth of the stream `arena`, and others. */
function peerIds(isAmongTenth: boolean): string[] {
  return Array.from({ length: 200 }, (_, index) => `p${index}`).filter((id) => {
    return holdbackDraw('arena', plainSessionOf('arena', bytesOf(id))).share < 0.1 === isAmongTenth;
  });
}
const [heldId = '', otherHeldId = ''] = peerIds(true);
const [one = '', other = '', third = '', fourth = ''] = peerIds(false);

const noOffer = [
  expect.objectContaining({ 'failure reason': expect.stringMatching(/^no_offer: /) }),
];

describe('WebTorrent clients of a stream with a policy', () => {
  let inside: TestParts;
  let dialect: Dialect;
  const sockets: TorrentSocket[] = [];

  beforeEach(() => {
    inside = testParts();
    dialect = testTorrents(inside);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.end();
    expect(inside.parts.audience.sessionsIn('arena')).toBe(0);
    expect(inside.parts.swarms.swarmCount).toBe(0);
    inside.announces.stop();
  });

  /** As the registry would, when it has read the change. */
  function change(policy: object, more: object = {}): void {
    const stream = testStream('arena', { options: { policy }, ...more });
    inside.streams.set('arena', stream);
    inside.parts.audience.streamChanged(stream);
  }

  function open(target = '/arena'): TorrentSocket {
    const socket = new TorrentSocket(dialect, target);
    sockets.push(socket);
    return socket;
  }

  /** A client that is in the swarm. */
  function join(peerId: string, target?: string): TorrentSocket {
    const socket = open(target);
    socket.announce(peerId);
    return socket;
  }

  it('are relayed nothing where nobody gets peers, also what was under way, until they may again', () => {
    const [first, second] = [join(one), join(other)];
    first.announce(one, { offers: offersOf(1) });
    expect(second.offers).toHaveLength(1);
    change({ peers: false });
    expect(second.answer(other, one, 'o0')).toEqual(noOffer);
    const [announced] = first.announce(one, { event: 'update', offers: offersOf(2) });
    expect(announced).toMatchObject({ complete: 0, incomplete: 0 });
    second.announce(other, { offers: offersOf(2) });
    expect([second.offers.length, first.offers.length, first.answers.length]).toEqual([1, 0, 0]);
    change({});
    second.announce(other);
    first.announce(one, { offers: [{ ...offersOf(1)[0], offer_id: 'again' }] });
    expect(second.offers).toHaveLength(2);
  });

  it('never meet who is held back, whoever offers, under whatever peer_id and in whichever swarm', () => {
    change({ holdbackPercent: 10 });
    const held = join(heldId);
    const free = join(one);
    held.announce(heldId, { offers: offersOf(3) });
    free.announce(one, { offers: offersOf(3) });
    held.announce(third, { info_hash: otherInfoHash, offers: offersOf(3) });
    free.announce(fourth, { info_hash: otherInfoHash, offers: offersOf(3) });
    expect([...held.offers, ...free.offers]).toEqual([]);
    expect(held.answer(heldId, one, 'o0')).toEqual(noOffer);
    expect(free.answers).toEqual([]);
    const second = join(other);
    second.announce(other, { offers: offersOf(3) });
    expect(free.offers).toHaveLength(1);
    expect(held.offers).toEqual([]);
  });

  it('don’t meet who is held back under the peer_id of somebody who isn’t', () => {
    change({ holdbackPercent: 10 });
    join(one);
    const held = join(heldId);
    held.announce(one);
    join(other).announce(other, { offers: offersOf(3) });
    expect(sockets[0]?.offers).toHaveLength(1);
    expect(held.offers).toEqual([]);
  });

  it('are held back from a change on: an answer to what they offered before goes nowhere', () => {
    const [held, free] = [join(heldId), join(one)];
    held.announce(heldId, { offers: offersOf(1) });
    free.announce(one, { offers: offersOf(1) });
    expect([held.offers.length, free.offers.length]).toEqual([1, 1]);
    change({ holdbackPercent: 10 });
    expect(free.answer(one, heldId, 'o0')).toEqual(noOffer);
    expect(held.answer(heldId, one, 'o0')).toEqual(noOffer);
    expect([...held.answers, ...free.answers]).toEqual([]);
  });

  it('are not held back where they are complete from the beginning: they watch nothing', () => {
    change({ holdbackPercent: 10 }, { countPlainSockets: true });
    const seeder = open();
    seeder.announce(heldId, { left: 0 });
    const viewer = join(otherHeldId);
    viewer.announce(otherHeldId, { left: 0 });
    join(one).announce(one, { offers: offersOf(2) });
    expect([seeder.offers.length, viewer.offers.length]).toEqual([1, 0]);
    expect(seeder.answer(heldId, one, 'o0')).toEqual([]);
    // On another socket the one is a seeder again, and the other a viewer.
    for (const socket of [seeder, viewer]) socket.end();
    const [seederBack, viewerBack] = [open(), open()];
    seederBack.announce(heldId, { left: 0 });
    viewerBack.announce(otherHeldId, { left: 0 });
    join(third).announce(third, { offers: offersOf(3) });
    expect([seederBack.offers.length, viewerBack.offers.length]).toEqual([1, 0]);
  });

  it('are held back by the session that their player has, whatever their peer_ids', () => {
    change({ holdbackPercent: 10 });
    const sessions = Array.from({ length: 200 }, (_, index) => String(index).padEnd(22, 'A'));
    const session = sessions.find(
      (id) => holdbackDraw('arena', Buffer.from(id, 'base64url')).share < 0.1,
    );
    const held = join(one, `/arena?session=${session ?? ''}`);
    join(other).announce(other, { offers: offersOf(2) });
    held.announce(one, { offers: offersOf(2) });
    expect(sockets.flatMap(({ offers }) => offers)).toEqual([]);
  });

  it('tell which of both they are where the tracker announces for them', async () => {
    change({ holdbackPercent: 10 }, { countPlainSockets: true });
    join(heldId);
    join(one);
    const groups = () =>
      inside.log.batches.flatMap(({ batch: { announces, facetValues = [] } }) =>
        announces.flatMap(({ session, facets }) => {
          const values = facets.map((place) => facetValues[place]);
          const group = values.find((value) => value?.facet === 'holdback')?.value;
          return [[session.toString('hex'), group]] as const;
        }),
      );
    await until(() => groups().length === 2, 'both are announced');
    const named = (peerId: string) => plainSessionOf('arena', bytesOf(peerId)).toString('hex');
    expect(new Map(groups())).toEqual(
      new Map([
        [named(heldId), 'held_back'],
        [named(one), 'with_peers'],
      ]),
    );
  });

  it('have as many offers relayed at a time as they may have peers', () => {
    change({ peersMax: 2 });
    for (const peerId of [other, third, fourth]) join(peerId);
    join(one).announce(one, { offers: offersOf(3) });
    expect(sockets.flatMap(({ offers }) => offers)).toHaveLength(2);
  });

  it('are introduced from so many viewers on, of whichever rendition', () => {
    change({ viewersMin: 3 });
    const [first, second] = [join(one), join(other)];
    first.announce(one, { offers: offersOf(1) });
    expect(second.offers).toEqual([]);
    join(third).announce(third, { info_hash: otherInfoHash, event: 'started' });
    open().announce(fourth, { info_hash: infoHash, event: 'stopped' });
    first.announce(one, { offers: offersOf(1) });
    expect(sockets.flatMap(({ offers }) => offers)).toHaveLength(1);
  });

  it('on cellular networks meet nobody where the stream says so', () => {
    change({ cellular: false });
    const cellular = join(one, '/arena?connection=cellular');
    join(other).announce(other, { offers: offersOf(1) });
    cellular.announce(one, { offers: offersOf(1) });
    expect(sockets.flatMap(({ offers }) => offers)).toEqual([]);
  });

  it('are introduced to those alone that are complete where viewers don’t give', () => {
    const [taker, complete] = [join(one), open()];
    complete.announce(other, { left: 0 });
    change({ give: false });
    join(third).announce(third, { offers: offersOf(2) });
    expect([taker.offers.length, complete.offers.length]).toEqual([0, 1]);
    taker.announce(one, { offers: offersOf(2) });
    expect(complete.offers).toHaveLength(2);
    complete.announce(other, { offers: offersOf(2) });
    expect(taker.offers).toEqual([]);
    change({});
    taker.announce(one);
    complete.announce(other, { offers: offersOf(2) });
    expect(taker.offers).toHaveLength(1);
  });
});
