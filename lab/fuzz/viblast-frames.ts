import { badFrame, costlyFields, deepJson, paddedTo, type BadFrame } from './bad-frame.js';

const id = 'AAAAAAAAAAAAAAAAAAAAAA';
const signal = { type: 'signal', to: id, kind: 'offer', negotiation: 'n', data: {} };
const noAnnounces = '{"type":"announce","announces":[]}';

function text(message: object): string {
  return JSON.stringify(message);
}

function report(fields: object): string {
  return text({ type: 'announce', announces: [fields] });
}

/** What is said in viblast.v1. */
export const viblastFrames: readonly BadFrame[] = [
  badFrame('no JSON', '{"type":', 'bad_json'),
  badFrame('nothing', '', 'bad_json'),
  badFrame('null', 'null', 'bad_message'),
  badFrame('an array', '[]', 'bad_message'),
  badFrame('deep nesting', deepJson, 'bad_message'),
  badFrame('a prototype', '{"__proto__":{"type":"leave"}}', 'bad_message'),
  badFrame('an unknown type', text({ type: 'toString' }), 'bad_message'),
  badFrame('a binary frame', Buffer.from('{"type":"leave"}'), 'bad_message'),
  badFrame('a text that is none', { textBytes: Buffer.from('"\xff"', 'latin1') }, 1007),
  badFrame('a second hello', text({ type: 'hello', stream: 'x', session: id }), 'already_joined'),
  badFrame('announces of null', report([null]), 'bad_announce'),
  badFrame('announces without a number', report({ constructor: 1 }), 'bad_announce'),
  badFrame('a number that is text', report({ number: '1', time: 1 }), 'bad_announce'),
  badFrame('a time that is an object', report({ number: 1, time: {} }), 'bad_announce'),
  badFrame('a time long ago', report({ number: 1, time: 1 }), 'too_old'),
  badFrame('bytes below 0', report({ number: 2, time: Date.now(), cdnBytes: -1 }), 'implausible'),
  badFrame('a foreign peer', text(signal), 'unknown_peer'),
  badFrame('an answer to no offer', text({ ...signal, kind: 'answer' }), 'unknown_peer'),
  badFrame('a signal of an unknown kind', text({ ...signal, kind: 'x' }), 'bad_message'),
  ...costlyFields(60_000).map(([name, fields]) =>
    badFrame(name, `{"type":"x",${fields}}`, 'type is unknown'),
  ),
  badFrame('64 KiB and 1', paddedTo(64 * 1024 + 1, noAnnounces), 'message_too_large'),
  badFrame('256 KiB', paddedTo(256 * 1024, noAnnounces), 1009),
];
