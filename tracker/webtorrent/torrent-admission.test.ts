import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { torrentLimits } from '../../protocol/index.js';
import type { RegisteredStream } from '../../registry/index.js';
import { testParts, testStream, testTorrents, type TestParts } from '../testing/test-parts.js';
import { newSession, until } from '../testing/test-viewer.js';
import {
  bytesOf,
  infoHash,
  offersOf,
  otherInfoHash,
  TorrentSocket,
} from '../testing/torrent-socket.js';

const hexOf = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const secret = randomBytes(32);
const tokenKeys = [{ kid: 'k', secret: secret.toString('base64url') }];

function listing(infoHashes: Record<string, string>, refuseUnknownInfoHashes = false) {
  return { options: { webTorrent: { infoHashes, refuseUnknownInfoHashes } } };
}

function tokenOf(session: string, expiresInSeconds = 60): Promise<string> {
  return new SignJWT({ stream: 'arena', session })
    .setProtectedHeader({ alg: 'HS256', kid: 'k' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + expiresInSeconds)
    .sign(secret);
}

describe('a WebTorrent client', () => {
  let inside: TestParts;
  let dialect: ReturnType<typeof testTorrents> | undefined;
  let takesStrangers = false;
  let nowMs = Date.now();
  const sockets: TorrentSocket[] = [];
  beforeEach(() => {
    inside = testParts();
    dialect = undefined;
    takesStrangers = false;
    nowMs = Date.now();
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.end();
    expect(inside.parts.swarms.swarmCount).toBe(0);
    expect(inside.internalErrors).toEqual([]);
    inside.announces.stop();
  });

  const put = (key: string, changes: Partial<RegisteredStream>): void =>
    void inside.streams.set(key, testStream(key, changes));
  /** Of one tracker a test, whose registry is then what was put. */
  function open(target: string, origin?: string): TorrentSocket {
    dialect ??= testTorrents(inside, { takesStrangers, now: () => nowMs });
    const socket = new TorrentSocket(dialect, target, { origin });
    sockets.push(socket);
    return socket;
  }
  const refusal = (reason: string): unknown => [
    {
      action: 'announce',
      info_hash: infoHash,
      'failure reason': expect.stringMatching(new RegExp(`^${reason}: `)),
    },
  ];

  it.each(['/arena', '/arena/', '/?stream=arena', '/announce?stream=arena', '/other?stream=arena'])(
    'is in the stream that %s names',
    (target) => {
      expect(open(target).announce('one')).toMatchObject([{ incomplete: 1 }]);
      expect(open('/arena').announce('other')).toMatchObject([{ incomplete: 2 }]);
    },
  );

  it.each(['/nowhere', '/?stream=nowhere', '/a/b', '/%ff', '/?stream='])(
    'is refused and closed with 4404 where %s names none',
    async (target) => {
      const socket = open(target);
      expect(socket.announce('one')).toEqual(refusal('unknown_stream'));
      expect(socket.closeCode).toBe(4404);
      expect(await inside.registry.metrics()).toContain(
        'sockets_refused_total{reason="unknown_stream"} 1',
      );
    },
  );

  it('meets nobody of another stream with the same info hash', () => {
    put('other', {});
    open('/arena').announce('one');
    expect(open('/other').announce('two', { offers: offersOf(1) })).toMatchObject([
      { complete: 0, incomplete: 1 },
    ]);
    expect(open('/other').scrape()).toMatchObject([{ files: { [infoHash]: { incomplete: 1 } } }]);
  });

  it.each(['/', '/announce', ''])('is in the stream that lists its info hash, at %j', (target) => {
    put('arena', listing({ [hexOf(infoHash)]: '720p' }));
    open('/arena').announce('one');
    const socket = open(target);
    expect(socket.announce('two')).toMatchObject([{ incomplete: 2 }]);
    expect(socket.announce('two', { info_hash: otherInfoHash })).toMatchObject([
      { 'failure reason': expect.stringMatching(/^unknown_info_hash: no stream/) },
    ]);
    expect(socket.closeCode).toBeUndefined();
    expect(socket.scrape([infoHash, otherInfoHash])).toMatchObject([
      { files: { [infoHash]: { incomplete: 2 }, [otherInfoHash]: { incomplete: 0 } } },
    ]);
    expect(socket.scrape()).toMatchObject([{ files: { [infoHash]: { incomplete: 2 } } }]);
  });

  it('is refused info hashes that a stream doesn’t list, where it asks for that', () => {
    put('arena', listing({ [hexOf(otherInfoHash)]: '' }, true));
    const socket = open('/arena');
    expect(socket.announce('one')).toEqual(refusal('unknown_info_hash'));
    expect(socket.announce('one', { info_hash: otherInfoHash })).toMatchObject([{ incomplete: 1 }]);
    expect(socket.closeCode).toBeUndefined();
  });

  it('may bring its own swarm for trials only, and meets no stream’s viewers by it', () => {
    expect(open('/').announce('one')).toEqual(refusal('unknown_info_hash'));
    dialect = undefined;
    inside = testParts();
    takesStrangers = true;
    open('/').announce('one');
    expect(open('/announce').announce('two')).toMatchObject([{ incomplete: 2 }]);
    expect(open('/').scrape()).toMatchObject([{ files: { [infoHash]: { incomplete: 2 } } }]);
    expect(open('/arena').announce('three')).toMatchObject([{ incomplete: 1 }]);
  });

  it('is refused by the page that it is on', () => {
    put('arena', { origins: ['https://ok.example'] });
    expect(open('/arena', 'https://ok.example').announce('one')).toMatchObject([{ incomplete: 1 }]);
    const socket = open('/arena', 'https://elsewhere.example');
    expect(socket.announce('one')).toEqual(refusal('origin_refused'));
    expect(socket.closeCode).toBe(4403);
    expect(open('/arena').announce('one')).toEqual(refusal('origin_refused'));
    const refused = { reason: 'origin_refused', stream: 'arena' };
    expect(inside.refused).toEqual([
      { ...refused, origin: 'https://elsewhere.example' },
      { ...refused, origin: undefined },
    ]);
  });

  it('is let in by the token in its URL, and what it says meanwhile waits', async () => {
    put('arena', { tokenKeys });
    const session = newSession();
    const socket = open(`/arena?session=${session}&token=${await tokenOf(session)}`);
    expect(socket.announce('one')).toEqual([]);
    expect(socket.announce('two')).toEqual([]);
    await until(() => socket.frames.length === 2, 'both are answered');
    expect(socket.frames).toMatchObject([{ incomplete: 1 }, { incomplete: 2 }]);
    expect(socket.scrape()).toMatchObject([{ files: { [infoHash]: { incomplete: 2 } } }]);
  });

  it('is refused without a token, with another one’s, or with one that has expired', async () => {
    put('arena', { tokenKeys });
    const session = newSession();
    for (const [query, reason, code] of [
      ['', 'token_refused', 4401],
      [`session=${session}`, 'token_refused', 4401],
      [`session=${newSession()}&token=${await tokenOf(session)}`, 'token_refused', 4401],
      [`session=${session}&token=${await tokenOf(session, -60)}`, 'token_expired', 4410],
    ] as const) {
      const socket = open(`/arena?${query}`);
      socket.announce('one');
      socket.announce('one');
      await until(() => socket.closeCode !== undefined, 'it is closed');
      expect([socket.frames, socket.closeCode]).toEqual([refusal(reason), code]);
    }
    const scraper = open('/arena');
    scraper.scrape(infoHash);
    await until(() => scraper.frames.length === 1, 'it is answered');
    expect(scraper.frames).toMatchObject([{ files: { [infoHash]: { incomplete: 0 } } }]);
  });

  it('is looked at again when its stream is another one', () => {
    const socket = open('/arena');
    expect(socket.announce('one')).toMatchObject([{ incomplete: 1 }]);
    put('arena', { isArchived: true });
    expect(socket.announce('one')).toEqual(refusal('unknown_stream'));
    expect(socket.closeCode).toBe(4404);
  });

  it('stays where its token’s time is over when the stream changes, but not when its key goes', async () => {
    put('arena', { tokenKeys });
    const session = newSession();
    const token = await tokenOf(session, 1);
    const socket = open(`/arena?session=${session}&token=${token}`);
    socket.announce('one');
    await until(() => socket.frames.length === 1, 'it is let in');
    nowMs += 60_000;
    put('arena', { tokenKeys, title: 'Another' });
    socket.announce('one');
    await until(() => socket.frames.length === 2, 'it is answered');
    expect(socket.frames[1]).toMatchObject({ incomplete: 1 });
    put('arena', { tokenKeys: [{ kid: 'other', secret: tokenKeys[0]?.secret ?? '' }] });
    socket.announce('one');
    await until(() => socket.closeCode === 4401, 'it is refused');
  });

  it('is told of as many swarms as it may ask for at once, each of a stream with tokens', async () => {
    const { scrapedSwarmsMax } = torrentLimits;
    const infoHashes = Array.from({ length: scrapedSwarmsMax }, (_, index) => bytesOf(`${index}`));
    for (const [index, one] of infoHashes.entries()) {
      put(`stream-${index}`, { tokenKeys, ...listing({ [hexOf(one)]: '720p' }) });
    }
    const socket = open('/');
    socket.say({ action: 'scrape', info_hash: infoHashes });
    await until(() => socket.frames.length === 1, 'it is told');
    expect(Object.keys(socket.frames[0]?.files ?? {})).toHaveLength(scrapedSwarmsMax);
  });

  it('floods nobody while its token is looked at', async () => {
    put('arena', { tokenKeys });
    const socket = open('/arena');
    for (let count = 0; count < 100; count += 1) socket.announce('one');
    expect(socket.closeCode).toBe(4429);
    await until(() => socket.frames.length === 1, 'it is told');
  });
});
