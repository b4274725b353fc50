import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { torrentServerMessages } from '../../protocol/index.js';
import { trackerLimits } from '../limits.js';
import type { Dialect } from '../sockets/conversation.js';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { testParts, testTorrents, type TestParts } from '../testing/test-parts.js';
import { TestViewer, until } from '../testing/test-viewer.js';
import { bytesOf, infoHash, offersOf, TorrentSocket } from '../testing/torrent-socket.js';
import { readMessage } from './read-message.js';

const ajv = new Ajv({ strict: false });
const answers = Object.values(torrentServerMessages).map((schema) => ajv.compile(schema));

const announce = { action: 'announce', info_hash: infoHash, peer_id: bytesOf('one') };
const answer = { ...announce, to_peer_id: bytesOf('other'), offer_id: 'o', answer: {} };

describe('a WebTorrent socket that is sent nonsense', () => {
  let inside: TestParts;
  let dialect: Dialect;
  beforeEach(() => {
    inside = testParts();
    dialect = testTorrents(inside);
  });
  afterEach(() => {
    expect(inside.parts.swarms.swarmCount).toBe(0);
    expect(inside.internalErrors).toEqual([]);
    inside.announces.stop();
  });

  const frames: [name: string, frame: unknown, reason: RegExp][] = [
    ['no JSON', '{"action":', /^bad_json: /],
    ['an empty frame', '', /^bad_json: /],
    ['null', 'null', /^bad_message: the frame is no object/],
    ['an array', '[]', /^bad_message: invalid action/],
    ['deep nesting', '['.repeat(30_000) + ']'.repeat(30_000), /^bad_message: invalid action/],
    ['no action', {}, /^bad_message: invalid action/],
    ['an unknown action', { action: 'constructor' }, /^bad_message: invalid action/],
    ['a prototype', '{"__proto__":{"action":"announce"}}', /^bad_message: invalid action/],
    ['no info_hash', { ...announce, info_hash: undefined }, /^bad_message: invalid info_hash/],
    ['19 bytes', { ...announce, info_hash: 'x'.repeat(19) }, /^bad_message: invalid info_hash/],
    ['a character above 255', { ...announce, info_hash: 'Ā'.repeat(20) }, /invalid info_hash/],
    ['a lone surrogate', { ...announce, info_hash: '\ud800'.repeat(20) }, /invalid info_hash/],
    ['a number', { ...announce, info_hash: 7 }, /invalid info_hash/],
    ['no peer_id', { ...announce, peer_id: null }, /invalid peer_id/],
    ['an answer to nobody', { ...answer, to_peer_id: 'x' }, /invalid to_peer_id/],
    ['an answer to nothing', { ...answer, offer_id: {} }, /invalid offer_id/],
    ['an answer that is none', { ...answer, answer: 'yes' }, /invalid answer/],
    ['a large answer', { ...answer, answer: { sdp: 'x'.repeat(17_000) } }, /answer is too large/],
    ['a wrong scrape', { action: 'scrape', info_hash: [infoHash, 7] }, /invalid info_hash/],
  ];
  it.each(frames)('answers %s with what is wrong, and goes on', (_name, frame, reason) => {
    const socket = new TorrentSocket(dialect);
    socket.say(frame);
    expect(socket.frames).toEqual([
      expect.objectContaining({
        action: expect.stringMatching(/^(announce|scrape)$/),
        'failure reason': expect.stringMatching(reason),
      }),
    ]);
    expect(socket.conversation.hasGreeted).toBe(false);
    expect(socket.announce('one')).toMatchObject([{ incomplete: 1 }]);
    socket.end();
  });

  it('is closed after too many of these, and one is forgiven each second', () => {
    let nowMs = Date.now();
    const slow = new TorrentSocket(testTorrents(testParts(), { now: () => nowMs }));
    for (let count = 0; count < 50; count += 1) {
      slow.say('nonsense');
      nowMs += 1_000;
    }
    expect(slow.closeCode).toBeUndefined();
    for (let count = 0; count < trackerLimits.badMessagesMax; count += 1) slow.say('nonsense');
    expect(slow.closeCode).toBe(4400);
  });

  it('answers with messages of the protocol only, whatever comes', () => {
    const odd = fc.oneof(fc.constantFrom(infoHash, bytesOf('one'), ''), fc.jsonValue());
    const message = fc.record(
      {
        action: fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom('announce', 'scrape') },
          { weight: 1, arbitrary: odd },
        ),
        info_hash: fc.oneof({ weight: 4, arbitrary: fc.constant(infoHash) }, odd),
        peer_id: fc.oneof({ weight: 4, arbitrary: fc.constant(bytesOf('one')) }, odd),
        event: odd,
        left: odd,
        numwant: odd,
        offers: fc.oneof(fc.constant(offersOf(3)), fc.array(odd), odd),
        to_peer_id: odd,
        offer_id: odd,
        answer: odd,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
        const sockets = [new TorrentSocket(dialect), new TorrentSocket(dialect)];
        for (const one of messages) for (const socket of sockets) socket.say(one);
        for (const frame of sockets.flatMap((socket) => socket.frames)) {
          expect(answers.some((isAnswer) => isAnswer(frame))).toBe(true);
        }
        for (const socket of sockets) socket.end();
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a WebTorrent client on a real socket', () => {
  let tracker: TestTracker;
  beforeAll(async () => {
    tracker = await startTestTracker();
  });
  afterAll(async () => {
    await tracker.stop();
    expect(tracker.internalErrors).toEqual([]);
  });

  it('is understood in binary frames too, up to 125 KB of them', async () => {
    const [one, other] = [
      await TestViewer.connect(`${tracker.url}arena`, []),
      await TestViewer.connect(`${tracker.url}?stream=arena`, []),
    ];
    one.socket.send(Buffer.from(JSON.stringify({ ...announce, left: 0 })));
    await until(() => one.texts.length === 1, 'it is answered');
    const offers = Array.from({ length: 50 }, (_, index) => ({
      offer: { type: 'offer', sdp: 'x'.repeat(2_450) },
      offer_id: `o${index}`,
    }));
    const large = { ...announce, peer_id: bytesOf('other'), offers, numwant: 50 };
    expect(JSON.stringify(large).length).toBeGreaterThan(125_000);
    other.socket.send(Buffer.from(JSON.stringify(large)));
    await until(() => one.texts.length === 2, 'the offer comes');
    expect(other.texts.map((text) => JSON.parse(text) as unknown)).toEqual([
      { action: 'announce', info_hash: infoHash, interval: 5, complete: 1, incomplete: 1 },
    ]);
    one.socket.send(Buffer.from([0xff, 0xfe]));
    await until(() => one.texts.length === 3, 'it is answered');
    expect(one.texts[2]).toContain('bad_json');
    one.end();
    other.end();
  });

  it('has no more than a bound of its offers looked at, and is told of all that are left out', () => {
    const offers = Array.from({ length: 20_000 }, () => ({}));
    const { length } = offers;
    const right = offersOf(1);
    const told = (...all: object[][]) =>
      readMessage(JSON.stringify({ ...announce, offers: all.flat(), numwant: 5 }));
    expect(told(offers, right)).toMatchObject({ offers: [], offersUnread: length + 1 });
    expect(told(right, offers)).toMatchObject({ offers: [{ id: 'o0' }], offersUnread: length });
    expect(told(offersOf(20), offers)).toMatchObject({ offersUnread: 0 });
  });

  it('is closed with 1001 at the end of the tracker, over its time', async () => {
    const one = await TestViewer.connect(`${tracker.url}arena`, []);
    one.send(announce);
    await until(() => one.texts.length === 1, 'it is answered');
    for (const leaver of tracker.server.viewers()) leaver.reconnect(20);
    expect(await one.closed()).toBe(1001);
  });
});
