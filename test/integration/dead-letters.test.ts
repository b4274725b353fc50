import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectKafka, partitionOf, type LogProducer, type LogTail } from '../../kafka/index.js';
import { announce } from '../../rollup/testing/announces.js';
import { codec, topics, type Announce, type DeadLetter } from '../../schemas/index.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { eventually } from './testing/ingest-support.js';
import { sharedStack } from './testing/stack.js';
import { openDatabase, rowsOf } from './testing/views-support.js';

const partitions = 8;
const stream = `broken-${randomBytes(4).toString('hex')}`;

function goodAnnounce(number: number): Announce {
  const session = Buffer.alloc(16, 7);
  const told = { watchedMs: 5_000, cdnBytes: 1_000, peerBytes: 500, peers: 1 };
  return announce({ stream, session, number, time: Date.now(), ...told });
}

function goodBatch(number: number): Buffer {
  const announces = [goodAnnounce(number)];
  return codec().encode('AnnounceBatch', { tracker: 'test', written: Date.now(), announces });
}

/** Each way in which a record can be broken, and the reason that its dead letter gives. */
const broken: readonly (readonly [what: string, value: Buffer | null, reason: string])[] = [
  ['random bytes', randomBytes(300), 'not_single_object'],
  ['nothing', null, 'not_single_object'],
  [
    'an unknown fingerprint',
    Buffer.concat([Buffer.from([0xc3, 0x01]), randomBytes(80)]),
    'unknown_fingerprint',
  ],
  ['a truncated batch', goodBatch(9).subarray(0, 40), 'broken_body'],
  ['a batch with bytes left over', Buffer.concat([goodBatch(9), Buffer.from([0])]), 'broken_body'],
  [
    'a batch with a negative counter',
    codec().encode('AnnounceBatch', {
      tracker: 'test',
      written: 0,
      announces: [{ ...goodAnnounce(9), cdnBytes: -1 }],
    }),
    'out_of_bounds',
  ],
  [
    'a record of another topic',
    codec().encode('Progress', { inputPartition: 0, closedBefore: 1, finalBefore: 0 }),
    'unexpected_record',
  ],
];

describe('a broken record on announces', () => {
  const kafka = connectKafka({
    brokers: sharedStack().kafka.brokers,
    clientId: 'dead-letters-test',
    logger: silentLogger,
  });
  const letters: DeadLetter[] = [];
  const partition = partitionOf(stream, Buffer.alloc(16, 7), partitions);
  let producer: LogProducer;
  let tail: LogTail;

  beforeAll(async () => {
    producer = await kafka.producer();
    tail = kafka.tail(topics.deadLetters, ({ value }) => {
      const decoded = codec().decode(value);
      if (decoded.ok && decoded.record.type === 'DeadLetter') letters.push(decoded.record.value);
    });
    await tail.start();
  }, 60_000);

  afterAll(async () => {
    await tail.stop();
    await producer.close();
  });

  it('goes to the dead letters with its bytes, its origin and the reason, and the rest is counted', async () => {
    const offsets: number[] = [];
    for (const [index, [, value]] of broken.entries()) {
      const good = [{ value: goodBatch(index) }];
      await producer.append(topics.announces, partition, good);
      const appended = await producer.append(topics.announces, partition, [{ value }]);
      offsets.push(appended.baseOffset);
    }
    const own = (offset: number | undefined): DeadLetter[] =>
      letters.filter((letter) => letter.partition === partition && letter.offset === offset);
    await eventually('every broken record has a dead letter', () =>
      Promise.resolve(offsets.every((offset) => own(offset).length > 0)),
    );
    for (const [index, [what, value, reason]] of broken.entries()) {
      const [letter, ...copies] = own(offsets[index]);
      expect({ what, ...letter }).toMatchObject({ what, topic: topics.announces, reason });
      expect(letter?.value === null ? null : letter?.value.toString('hex')).toBe(
        value === null ? null : value.toString('hex'),
      );
      expect(copies).toEqual([]);
    }
    const { url, database } = sharedStack().clickhouse;
    const clickhouse = openDatabase(url, database);
    try {
      await eventually('the good announces are counted', async () => {
        const query = `SELECT sum(announces) AS announces FROM stream_minutes FINAL WHERE stream = '${stream}'`;
        const [row] = await rowsOf(clickhouse, query);
        return Number(row?.['announces']) === broken.length;
      });
    } finally {
      await clickhouse.close();
    }
  }, 90_000);
});
