import type { Speech } from './speech.js';

/** A frame with something wrong in it, and what is said of it. */
export interface BadFrame {
  readonly name: string;
  readonly frame: string | Buffer;
  /** A word of the answer, or the code of the close that comes without one. */
  readonly answer: string | number;
}

const id = 'AAAAAAAAAAAAAAAAAAAAAA';
const bytes = 'x'.repeat(20);
const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
const announce = { action: 'announce', info_hash: bytes, peer_id: bytes };

function text(message: object): string {
  return JSON.stringify(message);
}

function ofLength(bytesTotal: number): string {
  const [begin, end] = ['{"type":"announce","announces":[],"x":"', '"}'];
  return `${begin}${'x'.repeat(bytesTotal - begin.length - end.length)}${end}`;
}

function viblastFrame(name: string, frame: string | Buffer, answer: string | number): BadFrame {
  return { name, frame, answer };
}

const signal = { type: 'signal', to: id, kind: 'offer', negotiation: 'n', data: {} };
const report = (fields: object): string => text({ type: 'announce', announces: [fields] });

const viblast: readonly BadFrame[] = [
  viblastFrame('no JSON', '{"type":', 'bad_json'),
  viblastFrame('nothing', '', 'bad_json'),
  viblastFrame('null', 'null', 'bad_message'),
  viblastFrame('an array', '[]', 'bad_message'),
  viblastFrame('deep nesting', deep, 'bad_message'),
  viblastFrame('a prototype', '{"__proto__":{"type":"leave"}}', 'bad_message'),
  viblastFrame('an unknown type', text({ type: 'toString' }), 'bad_message'),
  viblastFrame('a binary frame', Buffer.from('{"type":"leave"}'), 'bad_message'),
  viblastFrame(
    'a second hello',
    text({ type: 'hello', stream: 'x', session: id }),
    'already_joined',
  ),
  viblastFrame('announces of null', text({ type: 'announce', announces: [null] }), 'bad_announce'),
  viblastFrame('a number that is text', report({ number: '1', time: 1 }), 'bad_announce'),
  viblastFrame('a time that is an object', report({ number: 1, time: {} }), 'bad_announce'),
  viblastFrame('a time long ago', report({ number: 1, time: 1 }), 'too_old'),
  viblastFrame(
    'bytes below 0',
    report({ number: 2, time: Date.now(), cdnBytes: -1 }),
    'implausible',
  ),
  viblastFrame('a foreign peer', text(signal), 'unknown_peer'),
  viblastFrame('an answer to no offer', text({ ...signal, kind: 'answer' }), 'unknown_peer'),
  viblastFrame('a signal of an unknown kind', text({ ...signal, kind: 'x' }), 'bad_message'),
  viblastFrame('64 KiB and 1', ofLength(64 * 1024 + 1), 'message_too_large'),
  viblastFrame('256 KiB', ofLength(256 * 1024), 1009),
];

const webTorrent: readonly BadFrame[] = [
  { name: 'no JSON', frame: '{"action":', answer: 'bad_json' },
  { name: 'nothing', frame: '', answer: 'bad_json' },
  { name: 'bytes that are no text', frame: Buffer.from([0xff, 0xfe]), answer: 'bad_json' },
  { name: 'null', frame: 'null', answer: 'bad_message' },
  { name: 'an array', frame: '[]', answer: 'bad_message' },
  { name: 'deep nesting', frame: deep, answer: 'bad_message' },
  { name: 'a prototype', frame: '{"__proto__":{"action":"scrape"}}', answer: 'bad_message' },
  { name: 'an unknown action', frame: text({ action: 'x' }), answer: 'bad_message' },
  { name: 'a number', frame: text({ ...announce, info_hash: 7 }), answer: 'info_hash' },
  {
    name: 'a lone surrogate',
    frame: text({ ...announce, info_hash: '\ud800'.repeat(20) }),
    answer: 'info_hash',
  },
  { name: 'no peer_id', frame: text({ ...announce, peer_id: [] }), answer: 'peer_id' },
  {
    name: 'offers of null',
    frame: text({ ...announce, offers: [null] }),
    answer: 'warning message',
  },
  {
    name: 'an answer to no offer',
    frame: text({ ...announce, to_peer_id: bytes, offer_id: 'o', answer: {} }),
    answer: 'no_offer',
  },
  {
    name: 'an answer that is text',
    frame: text({ ...announce, to_peer_id: bytes, offer_id: 'o', answer: 'x' }),
    answer: 'invalid answer',
  },
  {
    name: 'a scrape of null',
    frame: text({ action: 'scrape', info_hash: [null] }),
    answer: 'info_hash',
  },
  { name: '256 KiB', frame: ofLength(256 * 1024), answer: 1009 },
];

/** Frames that are written down, by the dialect in which they are said. */
export const corpus: Readonly<Record<Speech['name'], readonly BadFrame[]>> = {
  'viblast.v1': viblast,
  WebTorrent: webTorrent,
};
