import { randomBytes } from 'node:crypto';
import type { Attack, Attacker } from '../attack.js';

/** The same frame on a socket that is in, and on the next one when that is closed. */
async function repeatFrame(
  attacker: Attacker,
  frame: () => string | Buffer,
  pauseMs: number,
): Promise<void> {
  await attacker.repeatJoined(({ viewer }) => viewer.send(frame()), pauseMs);
}

/** Slower than a socket is closed for: one mistake a second is forgiven. */
const forgivenPauseMs = 1_100;
const fastPauseMs = 5;

/** Numbers as no player should tell them, in JSON. */
const oddNumbers = [
  'null',
  '"12"',
  '2499.6',
  '1e308',
  '-1',
  '-1e308',
  '1e-320',
  '[]',
  '{}',
  'true',
];
const oddFields = ['number', 'time', 'cdnBytes', 'watchedMs', 'segment', 'liveLatencyMs'];

function oddAnnounces(): string {
  const announces = oddFields.flatMap((field, place) =>
    oddNumbers.map((value, index) => {
      const number = place * oddNumbers.length + index;
      const known = `"number":${number},"time":${Date.now()},"quality":${value},"state":${value}`;
      return `{${known},"${field}":${value}}`;
    }),
  );
  return `{"type":"announce","peersWanted":1e308,"announces":[${announces.join(',')}]}`;
}

function ofLength(bytes: number): string {
  const [begin, end] = ['{"type":"announce","announces":[],"x":"', '"}'];
  return `${begin}${'x'.repeat(bytes - begin.length - end.length)}${end}`;
}

const depth = 30_000;

/** Frames that say nothing that can be understood, or too much of it. */
export const nonsense: readonly Attack[] = [
  {
    name: 'odd-numbers',
    what: 'announces with null, texts, fractions, 1e308, objects in every place',
    namedBy: ['errors_total{code="bad_announce"}'],
    run: (attacker) => repeatFrame(attacker, oddAnnounces, forgivenPauseMs / 4),
  },
  {
    name: 'bad-json',
    what: 'frames that are no JSON',
    namedBy: ['errors_total{code="bad_json"}'],
    run: (attacker) => repeatFrame(attacker, () => '{"type":NaN', fastPauseMs),
  },
  {
    name: 'deep-json',
    what: 'JSON of 30 000 levels, as a message and in a signal',
    namedBy: ['errors_total{code="bad_message"}'],
    run: async (attacker) => {
      const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      await attacker.repeatJoined(async ({ viewer }) => {
        await viewer.send(deep);
        await viewer.send(
          `{"type":"signal","to":"x","kind":"offer","negotiation":"x","data":${deep}}`,
        );
      }, fastPauseMs);
    },
  },
  {
    name: 'binary',
    what: 'binary frames',
    namedBy: ['errors_total{code="bad_message"}'],
    run: (attacker) => repeatFrame(attacker, () => randomBytes(1_000), fastPauseMs),
  },
  {
    name: 'large-messages',
    what: 'messages of 64 KiB as fast as may be, and now and then a larger one',
    namedBy: ['errors_total{code="message_too_large"}'],
    run: async (attacker) => {
      await attacker.repeatJoined(async ({ viewer, welcome }) => {
        const { messageBytesMax, messagesPerSecond } = welcome.limits;
        const whole = ofLength(messageBytesMax);
        for (let count = 0; count < messagesPerSecond && viewer.isOpen; count += 1) {
          await viewer.send(whole);
          await attacker.wait(1_000 / messagesPerSecond);
        }
        await viewer.send(ofLength(messageBytesMax + 1));
        await viewer.send(ofLength(4 * messageBytesMax));
      });
    },
  },
  {
    name: 'message-flood',
    what: 'messages as fast as the connection takes them',
    namedBy: ['errors_total{code="too_many_messages"}'],
    run: (attacker) =>
      attacker.flood((viewer) => viewer.send('{"type":"announce","announces":[]}')),
  },
];
