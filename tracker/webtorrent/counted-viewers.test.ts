import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Announce } from '../../schemas/index.js';
import type { Dialect, ViewerRequest } from '../sockets/conversation.js';
import { testParts, testStream, testTorrents, type TestParts } from '../testing/test-parts.js';
import { newSession, until } from '../testing/test-viewer.js';
import { plainSessionOf } from './plain-session.js';
import { bytesOf, infoHash, otherInfoHash, TorrentSocket } from '../testing/torrent-socket.js';

const hexOf = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const infoHashes = { [hexOf(infoHash)]: '720p', [hexOf(otherInfoHash)]: '1080p' };
/** The announce interval of the tests' tracker. */
const intervalMs = 5_000;

describe('players that report nothing by themselves', () => {
  let inside: TestParts;
  let dialect: Dialect;
  let nowMs: number;
  const sockets: TorrentSocket[] = [];
  const open = (target = '/arena', request: Partial<ViewerRequest> = {}): TorrentSocket => {
    const socket = new TorrentSocket(dialect, target, request);
    sockets.push(socket);
    return socket;
  };
  function start(countPlainSockets = true, parts = testParts()): void {
    inside = parts;
    const options = { webTorrent: { infoHashes } };
    inside.streams.set('arena', testStream('arena', { countPlainSockets, options }));
    dialect = testTorrents(inside, { now: () => nowMs });
  }
  beforeEach(() => {
    nowMs = Math.floor(Date.now() / intervalMs) * intervalMs;
    start();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.end();
    expect(await inside.registry.metrics()).toMatch(/^viblast_tracker_webtorrent_viewers 0$/m);
    inside.announces.stop();
  });

  async function announced(): Promise<readonly Announce[]> {
    await until(() => inside.announces.queueBytes === 0, 'all is written');
    return inside.log.batches.flatMap(({ batch }) => batch.announces);
  }
  const sessionsOf = (announces: readonly Announce[]): Set<string> =>
    new Set(announces.map(({ session }) => session.toString('hex')));

  it('are announced by the tracker, with what can be known of them and nothing else', async () => {
    open('/arena', { browser: 'Safari' }).announce('one');
    expect(await announced()).toEqual([
      expect.objectContaining({
        stream: 'arena',
        number: Math.floor(nowMs / 5_000),
        time: nowMs,
        quality: '720p',
        browser: 'Safari',
        state: 'unknown',
        watchedMs: 0,
        cdnBytes: 0,
        peerBytes: 0,
      }),
    ]);
  });

  it('count as one viewer through all renditions, peer_ids and reconnects', async () => {
    const first = open();
    first.announce('video low');
    first.announce('sound', { info_hash: 'a'.repeat(20) });
    nowMs += intervalMs;
    first.announce('video high', { info_hash: otherInfoHash });
    nowMs += intervalMs;
    first.end();
    const again = open();
    again.announce('video high', { info_hash: otherInfoHash });
    again.announce('video low');
    const announces = await announced();
    expect(announces.map(({ quality }) => quality)).toEqual(['720p', '1080p', '1080p']);
    expect(sessionsOf(announces).size).toBe(1);
    expect(new Set(announces.map(({ number }) => number)).size).toBe(3);
  });

  it('are seeders where they have all from the beginning, viewers where they have it later', async () => {
    const [seeder, viewer, late] = [open(), open(), open()];
    seeder.announce('seeder', { left: 0 });
    viewer.announce('viewer', { left: 1_000 });
    late.announce('late', { event: 'completed', left: 0 });
    nowMs += intervalMs;
    seeder.announce('seeder', { left: 1_000 });
    viewer.announce('viewer', { left: 0 });
    viewer.end();
    nowMs += intervalMs;
    open().announce('viewer', { left: 0 });
    const announces = await announced();
    const rolesBySession = Array.from(sessionsOf(announces), (id) =>
      announces.filter(({ session }) => session.toString('hex') === id).map(({ role }) => role),
    );
    expect(rolesBySession.map((roles) => roles.join()).sort()).toEqual([
      'seeder,seeder',
      'viewer',
      'viewer,viewer,viewer',
    ]);
  });

  it('are viewers whoever says of their peer_id on another tracker that it is a seeder', async () => {
    open().announce('one', { left: 1_000 });
    const here = await announced();
    for (const socket of sockets.splice(0)) socket.end();
    inside.announces.stop();
    start();
    open().announce('one', { left: 0 });
    const there = await announced();
    expect([here[0]?.role, there[0]?.role]).toEqual(['viewer', 'seeder']);
    expect(sessionsOf([...here, ...there]).size).toBe(2);
  });

  it('are announced once an interval, on however many sockets', async () => {
    const two = [open(), open()];
    for (let count = 0; count < 10; count += 1) {
      for (const socket of two) socket.announce('one');
      nowMs += intervalMs / 5;
    }
    const announces = await announced();
    expect(announces).toHaveLength(2);
    expect(sessionsOf(announces).size).toBe(1);
  });

  it('have the same session and number on two trackers, so that they count once', async () => {
    open().announce('one');
    const here = await announced();
    for (const socket of sockets.splice(0)) socket.end();
    inside.announces.stop();
    start();
    open().announce('one');
    open().announce('other');
    const there = await announced();
    expect(there).toContainEqual(here[0]);
    expect(sessionsOf(there).size).toBe(2);
  });

  it('keep their session when somebody else uses their peer_id', async () => {
    const thief = open();
    thief.announce('thief');
    open().announce('one');
    nowMs += intervalMs;
    thief.announce('one');
    const back = open();
    back.announce('one');
    const announces = await announced();
    expect(announces).toHaveLength(4);
    const ofInterval = (number: number) =>
      sessionsOf(announces.filter((one) => one.number === number));
    const number = Math.floor(nowMs / 5_000);
    expect(ofInterval(number).size).toBe(2);
    expect(ofInterval(number)).toEqual(ofInterval(number - 1));
  });

  it('are who they are whoever announced their peer_ids before, as a seeder or not', async () => {
    const ids = ['one', 'two'];
    for (const left of [0, 1_000]) {
      const stranger = open('/arena', { address: '203.0.113.9' });
      for (const id of [`of the stranger ${left}`, ...ids]) stranger.announce(id, { left });
      stranger.end();
      nowMs += intervalMs;
    }
    const before = (await announced()).length;
    for (const id of ids) open().announce(id);
    const told = (await announced()).slice(before);
    expect(told.map(({ role }) => role)).toEqual(['viewer', 'viewer']);
    const own = ids.map((id) => plainSessionOf('arena', bytesOf(id)).toString('hex'));
    expect(sessionsOf(told)).toEqual(new Set(own));
  });

  it('are not announced when they leave, have a session, or where the stream asks for none', async () => {
    open().announce('one', { event: 'stopped' });
    open(`/arena?session=${newSession()}`).announce('one');
    inside.streams.set('arena', testStream('arena'));
    open().announce('two');
    expect(await announced()).toEqual([]);
  });

  it('are announced as the session that they name where they say that they report nothing', async () => {
    const session = newSession();
    const target = `/arena?session=${session}&reports=false`;
    const first = open(target);
    first.announce('video low');
    open(target).announce('other socket');
    nowMs += intervalMs;
    first.end();
    open(target).announce('video high', { info_hash: otherInfoHash });
    // Nobody is the same viewer by a peer_id alone where a session is named.
    open().announce('video low');
    const announces = await announced();
    const own = announces.filter((one) => one.session.toString('base64url') === session);
    expect(own.map(({ quality }) => quality)).toEqual(['720p', '1080p']);
    expect([announces.length, sessionsOf(announces).size]).toEqual([3, 2]);
  });

  it('are announced for as long as they announce, and no longer than the stream is open', async () => {
    const socket = open();
    socket.announce('one');
    inside.streams.set('arena', testStream('arena', { countPlainSockets: true, isArchived: true }));
    nowMs += intervalMs;
    socket.announce('one');
    expect(await announced()).toHaveLength(1);
  });
});
