import { badFrame, costlyFields, deepJson, paddedTo, type BadFrame } from './bad-frame.js';
import { torrentBystander } from './torrent-bystander.js';
import { hashFrames } from './torrent-hashes.js';

const bytes = 'x'.repeat(20);
const other = 'y'.repeat(20);
const announce = { action: 'announce', info_hash: bytes, peer_id: bytes };
const answer = { ...announce, to_peer_id: other, offer_id: 'o', answer: { type: 'answer' } };
const asBystander = { ...announce, ...torrentBystander };
/** In a swarm of its own: the others' counts don't depend on when its socket is gone. */
const complete = { ...announce, info_hash: 'z'.repeat(20) };
const frameBytesMax = 128 * 1024;

/** What answers an announce that was taken, with nobody else in the swarm. */
const isTaken = '"complete":0,"incomplete":1}';
const isComplete = '"complete":1,"incomplete":0}';

function text(message: object): string {
  return JSON.stringify(message);
}

/** The message with one more field, whose JSON no object could have been made of. */
function withField(message: object, field: string): string {
  return `${text(message).slice(0, -1)},${field}}`;
}

function offers(count: number, sdpLength = 0): readonly object[] {
  return Array.from({ length: count }, (_, index) => ({
    offer: { type: 'offer', sdp: 'x'.repeat(sdpLength) },
    offer_id: String(index),
  }));
}

const broken: readonly BadFrame[] = [
  badFrame('no JSON', '{"action":', 'bad_json'),
  badFrame('nothing', '', 'bad_json'),
  badFrame('bytes that are no text', Buffer.from([0xff, 0xfe]), 'bad_json'),
  badFrame('a text that is none', { textBytes: Buffer.from([0x22, 0xff, 0x22]) }, 1007),
  badFrame('null', 'null', 'bad_message'),
  badFrame('an array', '[]', 'bad_message'),
  badFrame('an array of announces', text([announce, announce]), 'bad_message'),
  badFrame('deep nesting', deepJson, 'bad_message'),
  badFrame('an announce in a binary frame', Buffer.from(text(announce)), isTaken),
  badFrame('64 KiB and 1', paddedTo(64 * 1024 + 1, text(announce)), isTaken),
  badFrame('128 KiB', paddedTo(frameBytesMax, text(announce)), isTaken),
  badFrame('128 KiB and 1', paddedTo(frameBytesMax + 1, text(announce)), 1009),
  badFrame('256 KiB', paddedTo(2 * frameBytesMax, text(announce)), 1009),
];

/** What no field of an announce should be. */
const oddValues: readonly unknown[] = [true, 7, -1, 1e308, 'x', 'x'.repeat(1_000), [], [null], {}];
/** Fields of a message, and what is said where one of them is no text of the right length. */
const strictFields: readonly (readonly [message: object, field: string, answer: string])[] = [
  [announce, 'action', 'invalid action'],
  [announce, 'info_hash', 'invalid info_hash'],
  [announce, 'peer_id', 'invalid peer_id'],
  [answer, 'to_peer_id', 'invalid to_peer_id'],
];
const ignoredFields = ['event', 'left', 'numwant', 'trackerid', 'downloaded'];

const wrongTypes: readonly BadFrame[] = [
  ...strictFields.flatMap(([message, field, told]) =>
    [undefined, null, ...oddValues].map((value) => odd(message, field, value, told)),
  ),
  ...[null, '', 'x'.repeat(65), ...oddValues.filter((value) => typeof value !== 'string')].map(
    (value) => odd(answer, 'offer_id', value, 'invalid offer_id'),
  ),
  ...[true, 7, 'x', [], [null]].map((value) => odd(answer, 'answer', value, 'invalid answer')),
  // No answer: an announce.
  ...[undefined, null, false, ''].map((value) => odd(answer, 'answer', value, isTaken)),
  ...ignoredFields.flatMap((field) =>
    [null, ...oddValues].map((value) => odd(announce, field, value, isTaken)),
  ),
  ...[null, true, 7, 'x', {}, { length: 1e9 }, []].map((value) =>
    odd(announce, 'offers', value, isTaken),
  ),
  ...[null, 7, 'x', {}, [], { offer_id: 'o' }, { offer: {} }, { offer: [], offer_id: 'o' }].map(
    (value) => odd(announce, 'offers', [value], "1 offers can't be read"),
  ),
  badFrame('a deep offer', withField(announce, `"offers":[${deepJson}]`), "can't be read"),
  badFrame(
    'a deep description',
    withField(announce, `"offers":[{"offer":{"sdp":${deepJson}},"offer_id":"o"}]`),
    "can't be read",
  ),
  badFrame('a deep number of them', withField(announce, `"numwant":${deepJson}`), isTaken),
  badFrame('a deep answer', withField(answer, `"answer":{"sdp":${deepJson}}`), 'too deep'),
  badFrame('an answer to no offer', text(answer), 'no_offer'),
];

function odd(message: object, field: string, value: unknown, told: string): BadFrame {
  const json = value === undefined ? 'missing' : JSON.stringify(value);
  return badFrame(`${field} ${json.slice(0, 40)}`, text({ ...message, [field]: value }), told);
}

const numbers: readonly BadFrame[] = [
  ...[undefined, 1e20, -1, -0.5, 'text', '', '1e999', '-0x'].map((left) =>
    odd(announce, 'left', left, isTaken),
  ),
  ...[0, '0', '-0', '0.0', ' 0 '].map((left) => odd(complete, 'left', left, isComplete)),
  badFrame('a left of 60 000 digits', withField(announce, `"left":${'9'.repeat(60_000)}`), isTaken),
  badFrame('a left beyond numbers', withField(announce, '"left":1e999999'), isTaken),
  ...[-1, 1e9, '10', 0.5, '0x10', 'Infinity', '-Infinity', 1e308].map((numwant) =>
    odd({ ...announce, offers: offers(3) }, 'numwant', numwant, isTaken),
  ),
  ...['x', 'STARTED', 'paused', '', '__proto__', 'toString', ['started']].map((event) =>
    odd(announce, 'event', event, isTaken),
  ),
];

const names: readonly BadFrame[] = [
  badFrame('a prototype', '{"__proto__":{"action":"scrape"}}', 'bad_message'),
  badFrame('a constructor', '{"constructor":{"action":"scrape"}}', 'bad_message'),
  badFrame('a prototype besides', withField(announce, '"__proto__":{"answer":{}}'), isTaken),
  ...['constructor', 'hasOwnProperty', 'toString', 'valueOf', 'toJSON'].map((name) =>
    badFrame(`a ${name} besides`, withField(announce, `"${name}":1`), isTaken),
  ),
  badFrame(
    'a prototype that is an offer',
    withField(announce, '"offers":[{"__proto__":{"offer":{},"offer_id":"o"}}]'),
    "can't be read",
  ),
  badFrame(
    'an offer with a prototype',
    withField(announce, '"offers":[{"offer":{"__proto__":{"sdp":1}},"offer_id":"__proto__"}]'),
    isTaken,
  ),
  badFrame('a prototype that answers', withField(answer, '"answer":{"__proto__":1}'), 'no_offer'),
  badFrame('an action twice', withField({ action: 'x' }, text(announce).slice(1, -1)), isTaken),
  badFrame('an info_hash twice', withField(announce, '"info_hash":7'), 'invalid info_hash'),
  badFrame('offers twice', withField({ ...announce, offers: offers(2) }, '"offers":7'), isTaken),
  badFrame(
    'an sdp twice',
    withField(announce, '"offers":[{"offer":{"sdp":"x","sdp":7},"offer_id":"o"}]'),
    isTaken,
  ),
  ...costlyFields(frameBytesMax - 200).map(([what, fields]) =>
    badFrame(what, withField(announce, fields), isTaken),
  ),
];

const manyOffers: readonly BadFrame[] = [
  badFrame('50 offers', text({ ...announce, offers: offers(50, 2_400) }), isTaken),
  badFrame('51 offers', text({ ...announce, offers: offers(51, 2_400), numwant: 51 }), isTaken),
  badFrame('1 500 offers', text({ ...announce, offers: offers(1_500) }), isTaken),
  badFrame('5 000 offers', text({ ...announce, offers: offers(5_000) }), 1009),
  badFrame(
    '5 000 offers of nothing',
    text({ ...announce, offers: Array.from({ length: 5_000 }, () => ({})) }),
    "5000 offers can't be read",
  ),
  badFrame(
    'a large offer',
    text({ ...announce, offers: offers(1, 17_000) }),
    "1 offers can't be read",
  ),
  badFrame(
    'an sdp of backslashes',
    text({ ...announce, offers: [{ offer: { sdp: '\\"'.repeat(30_000) }, offer_id: 'o' }] }),
    "1 offers can't be read",
  ),
  badFrame(
    '8 000 sdps',
    withField(announce, `"offers":[${'{"sdp":""},'.repeat(8_000)}{}]`),
    '8001',
  ),
];

/** A swarm that a bystander is in, under its peer_id: it stays there, and is told of no answer. */
const foreign: readonly BadFrame[] = [
  badFrame("another's peer_id", text(asBystander), isTaken),
  badFrame("another's stop", text({ ...asBystander, event: 'stopped' }), isTaken),
  badFrame("another's answer", text({ ...answer, ...torrentBystander }), 'no_offer'),
  badFrame(
    'an answer to a bystander',
    text({ ...answer, ...torrentBystander, peer_id: bytes, to_peer_id: torrentBystander.peer_id }),
    'no_offer',
  ),
  badFrame("a scrape of another's swarm", scrape(torrentBystander.info_hash), '"incomplete":1'),
  badFrame("another's peer_id complete", text({ ...asBystander, left: 0 }), isComplete),
];

function scrape(infoHash: unknown): string {
  return text({ action: 'scrape', info_hash: infoHash });
}

const scrapes: readonly BadFrame[] = [
  badFrame('a scrape of null', scrape([null]), 'info_hash'),
  badFrame('a scrape of an object', scrape({ length: 1 }), 'info_hash'),
  badFrame('a scrape of lists', scrape([[bytes]]), 'info_hash'),
  badFrame(
    'a scrape of something deep',
    `{"action":"scrape","info_hash":${deepJson}}`,
    'info_hash',
  ),
  badFrame('a scrape of a prototype', scrape('__proto__'), 'info_hash'),
  badFrame('a scrape of none', scrape([]), '"files":{}'),
  badFrame('a scrape of one twice', scrape([bytes, bytes]), bytes),
  badFrame('a scrape of 5 000', scrape(Array<string>(5_000).fill(bytes)), bytes),
  badFrame(
    'a scrape of 4 000 others',
    scrape(Array.from({ length: 4_000 }, (_, index) => String(index).padStart(20, '.'))),
    '"files"',
  ),
  badFrame('a wrong one past what is read', scrape([...Array<string>(100).fill(bytes), 7]), bytes),
];

/** What is said in the WebTorrent dialect. */
export const torrentFrames: readonly BadFrame[] = [
  ...broken,
  ...wrongTypes,
  ...numbers,
  ...names,
  ...hashFrames,
  ...manyOffers,
  ...foreign,
  ...scrapes,
];
