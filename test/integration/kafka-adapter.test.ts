import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  connectKafka,
  type GroupConsumer,
  type GroupRing,
  type KafkaConnection,
  type LogAdmin,
  type LogProducer,
  type LogRecord,
  type OwnedPartition,
  type StartPosition,
} from '../../kafka/index.js';
import { compiledTree } from '../../lab/stack/process/compiled-tree.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { sharedStack } from './testing/stack.js';
import { within } from './testing/within.js';

const partitions = 4;

interface Reading {
  readonly member: string;
  readonly owned: OwnedPartition;
  readonly start: StartPosition;
  readonly records: LogRecord[];
}

describe('the Kafka adapter on a real broker', () => {
  let connection: KafkaConnection;
  let producer: LogProducer;
  let admin: LogAdmin;

  beforeAll(async () => {
    connection = connectTo(sharedStack().kafka.brokers);
    producer = await connection.producer();
    admin = await connection.admin();
  }, 60_000);

  afterAll(async () => {
    await producer.close();
    await admin.close();
  });

  async function newTopic(count = partitions): Promise<string> {
    const topic = `adapter-${randomBytes(6).toString('hex')}`;
    await admin.createTopic({
      topic,
      partitions: count,
      replicationFactor: 1,
      settings: { 'message.timestamp.type': 'LogAppendTime' },
    });
    return topic;
  }

  /** A member that commits what it has read, in one group for each topic. */
  function newMember(
    topic: string,
    member: string,
    readings: Reading[],
    ring?: GroupRing,
  ): GroupConsumer {
    return connection.groupConsumer({
      groupId: topic,
      topic,
      ...(ring === undefined ? {} : { ring }),
      isOurMetadata: (metadata) => metadata.startsWith('next='),
      open: (owned, start) => {
        const reading: Reading = { member, owned, start, records: [] };
        readings.push(reading);
        return {
          read: async (records) => {
            reading.records.push(...records);
            const next = (records.at(-1)?.offset ?? 0) + 1;
            await owned.commit(next, `next=${next}`);
          },
          close: () => undefined,
        };
      },
    });
  }

  async function appendToAll(topic: string, count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        producer.append(topic, index % partitions, [{ value: Buffer.from(String(index)) }]),
      ),
    );
  }

  it('follows one partition from its end on, in order, and none of the others', async () => {
    const topic = await newTopic();
    const value = (text: string): { value: Buffer }[] => [{ value: Buffer.from(text) }];
    await producer.append(topic, 2, value('before'));
    const records: LogRecord[] = [];
    const follower = connection.follow(topic, 2, (record) => records.push(record));
    await follower.start();
    const leaderOnly = await connection.producer({ acks: 'leader' });
    const texts = Array.from({ length: 20 }, (_, index) => `after ${index}`);
    // It has no commit to begin at: until its first fetch is answered, what comes may be passed.
    await until(async () => {
      await leaderOnly.append(topic, 2, value('first'));
      return records.length > 0;
    });
    for (const text of texts) {
      await leaderOnly.append(topic, 2, value(text));
      await leaderOnly.append(topic, 1, value('of another partition'));
    }
    const read = (): string[] => records.map((record) => record.value?.toString() ?? '');
    await until(() => read().at(-1) === texts.at(-1));
    expect(read()).not.toContain('before');
    expect(read().filter((text) => text !== 'first')).toEqual(texts);
    expect(records.every(({ partition }) => partition === 2)).toBe(true);
    await follower.stop();
    await leaderOnly.close();
  }, 60_000);

  it('makes a topic once and describes it', async () => {
    const topic = `adapter-${randomBytes(6).toString('hex')}`;
    const wanted = {
      topic,
      partitions: 3,
      replicationFactor: 1,
      settings: { 'retention.ms': '3600000' },
    };
    expect(await admin.describeTopic(topic)).toBeUndefined();
    expect(await admin.createTopic(wanted)).toBe(true);
    expect(await admin.createTopic(wanted)).toBe(false);
    const described = await admin.describeTopic(topic);
    expect(described).toMatchObject({ topic, partitions: 3, replicationFactor: 1 });
    expect(described?.settings).toMatchObject({
      'retention.ms': '3600000',
      'compression.type': 'producer',
    });
    expect(await admin.brokerCount()).toBeGreaterThanOrEqual(1);
    expect(await admin.offsets(topic)).toEqual(
      [0, 1, 2].map((partition) => ({ partition, startOffset: 0, endOffset: 0 })),
    );
  }, 30_000);

  it('reads back what it appended, with key, offset and the stamp that the answer told', async () => {
    const topic = await newTopic();
    const readings: Reading[] = [];
    const member = newMember(topic, 'a', readings);
    await member.start();
    const appended = await producer.append(topic, 2, [
      { key: 'k', value: Buffer.from('one') },
      { value: null },
    ]);
    await until(() => readings.some(({ records }) => records.length === 2));
    const records = readings.flatMap((reading) => reading.records);
    expect(records).toEqual([
      {
        partition: 2,
        offset: 0,
        logAppendTimeMs: appended.logAppendTimeMs,
        key: Buffer.from('k'),
        value: Buffer.from('one'),
      },
      {
        partition: 2,
        offset: 1,
        logAppendTimeMs: appended.logAppendTimeMs,
        key: null,
        value: null,
      },
    ]);
    expect(appended).toMatchObject({ partition: 2, baseOffset: 0 });
    await member.stop();
  }, 30_000);

  it('refuses for good what is too large, and goes on', async () => {
    const topic = await newTopic(1);
    await expect(
      producer.append(topic, 0, [{ value: Buffer.alloc(2_000_000) }]),
    ).rejects.toMatchObject({
      code: 'kafka_rejected',
      retryable: false,
    });
    await expect(producer.append(topic, 0, [{ value: Buffer.from('x') }])).resolves.toMatchObject({
      baseOffset: 0,
    });
  }, 30_000);

  it('hands a commit with its metadata to the next owner', async () => {
    const topic = await newTopic();
    const readings: Reading[] = [];
    const first = newMember(topic, 'a', readings);
    await first.start();
    await appendToAll(topic, 8);
    await until(async () =>
      (await admin.commits(topic, topic)).every(({ offset }) => offset === 2),
    );
    await first.stop();
    readings.length = 0;
    const second = newMember(topic, 'b', readings);
    await second.start();
    await until(() => readings.length === partitions);
    for (const { start } of readings) {
      expect(start).toEqual({ kind: 'committed', offset: 2, metadata: 'next=2', endOffset: 2 });
    }
    await second.stop();
  }, 30_000);

  it('gives a joining member its share within 10 s and takes it back at once when it leaves, losing nothing', async () => {
    const topic = await newTopic();
    const readings: Reading[] = [];
    const first = newMember(topic, 'a', readings);
    await first.start();
    await appendToAll(topic, 40);
    const second = newMember(topic, 'b', readings);
    const joinedMs = await timeOf(async () => {
      await second.start();
      await until(() => first.owned().length === 2 && second.owned().length === 2);
    });
    expect(joinedMs).toBeLessThan(within(10_000));
    await appendToAll(topic, 40);
    await until(async () =>
      (await admin.commits(topic, topic)).every(({ offset }) => offset === 20),
    );
    const leftMs = await timeOf(async () => {
      await second.stop();
      await until(() => first.owned().length === partitions);
    });
    expect(leftMs).toBeLessThan(within(6_000));
    await appendToAll(topic, 40);
    await until(async () =>
      (await admin.commits(topic, topic)).every(({ offset }) => offset === 30),
    );
    for (const { start, records } of readings) {
      expect(records.map(({ offset }) => offset)).toEqual(
        records.map((_, index) => start.offset + index),
      );
    }
    for (let partition = 0; partition < partitions; partition += 1) {
      const read = readings
        .filter(({ owned }) => owned.partition === partition)
        .flatMap(({ records }) => records.map(({ offset }) => offset));
      expect([...new Set(read)].sort((a, b) => a - b)).toEqual(
        Array.from({ length: 30 }, (_, offset) => offset),
      );
    }
    await first.stop();
  }, 60_000);

  it('lets a member of before in until all others change their protocols, and never after', async () => {
    const topic = await newTopic();
    let protocols = ['new', 'viblast-sticky'];
    let isTelling = false;
    const listeners = new Set<() => void>();
    const joinedAnew = new Set<string>();
    const ringOf = (node: string): GroupRing => ({
      node,
      nodes: () => undefined,
      protocols: () => {
        if (protocols.length === 1 && !isTelling) joinedAnew.add(node);
        return protocols;
      },
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    const members = ['one', 'two'].map((name) => newMember(topic, name, [], ringOf(name)));
    const ownedBy = (those: readonly GroupConsumer[]): number =>
      those.reduce((sum, one) => sum + one.owned().length, 0);
    await Promise.all(members.map((member) => member.start()));
    const before = newMember(topic, 'before', []);
    await before.start();
    await until(() => ownedBy(members) + before.owned().length === partitions);
    expect(before.owned()).not.toEqual([]);
    await before.stop();
    protocols = ['new'];
    isTelling = true;
    for (const listener of listeners) listener();
    isTelling = false;
    await until(
      () => joinedAnew.size === 2 && members.every((member) => member.owned().length === 2),
    );
    const refused = newMember(topic, 'refused', []);
    const joined = refused.start().then(() => 'joined');
    const waited = pause(3_000, 'kept out');
    expect(await Promise.race([joined, waited])).toBe('kept out');
    expect(refused.owned()).toEqual([]);
    expect(ownedBy(members)).toBe(partitions);
    await Promise.all([refused, ...members].map((member) => member.stop()));
  }, 60_000);

  it('takes over from a member that was killed, once its session is over', async () => {
    const topic = await newTopic();
    const readings: Reading[] = [];
    const first = newMember(topic, 'a', readings);
    await first.start();
    const killed = spawnMember(topic);
    await until(() => first.owned().length === 2);
    killed.kill('SIGKILL');
    const tookMs = await timeOf(() => until(() => first.owned().length === partitions, 30_000));
    expect(tookMs).toBeLessThan(within(20_000));
    expect(Date.now() - first.lastHeartbeatAtMs()).toBeLessThan(within(10_000));
    await first.stop();
  }, 60_000);

  it('keeps heartbeats going while a reader takes longer than a session, and reads other partitions', async () => {
    const topic = await newTopic();
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const read: number[] = [];
    let openings = 0;
    const member = connection.groupConsumer({
      groupId: topic,
      topic,
      sessionTimeoutMs: 6_000,
      isOurMetadata: () => false,
      open: ({ partition }) => {
        openings += 1;
        return {
          read: async (records) => {
            if (partition === 0) await slow;
            read.push(...records.map(() => partition));
          },
          close: () => undefined,
        };
      },
    });
    expect(member.lastBusyAtMs()).toBe(-Infinity);
    await member.start();
    const startedMs = Date.now();
    await appendToAll(topic, partitions);
    await until(async () => {
      await appendToAll(topic, partitions);
      return Date.now() - startedMs > 8_000;
    });
    expect(read).not.toContain(0);
    expect(read.length).toBeGreaterThan(partitions);
    expect(Date.now() - member.lastHeartbeatAtMs()).toBeLessThan(within(6_000));
    expect(Date.now() - member.lastBusyAtMs()).toBeLessThan(within(6_000));
    expect(openings).toBe(partitions);
    finish();
    await until(() => read.includes(0));
    await member.stop();
  }, 60_000);

  it('reads into the memory of answers that were released, and into no other', async () => {
    const topic = await newTopic();
    const recordBytes = 65_536;
    const valueOf = (number: number): Buffer => Buffer.alloc(recordBytes, number);
    const numbers = Array.from({ length: 100 }, (_, number) => number);
    for (let partition = 0; partition < partitions; partition += 1) {
      for (const number of numbers) {
        await producer.append(topic, partition, [{ value: valueOf(number) }]);
      }
    }
    const released = new Set<unknown>();
    const held: { records: readonly LogRecord[]; release: (() => void) | undefined }[] = [];
    const read: number[] = [];
    let reused = 0;
    let isWhole = true;
    const letGo = (keep: number): void => {
      for (const { records, release } of held.splice(0, held.length - keep)) {
        for (const { value, offset } of records) {
          isWhole &&= value?.equals(valueOf(offset)) === true;
          released.add(value?.buffer);
          read.push(offset);
        }
        release?.();
      }
    };
    const member = connection.groupConsumer({
      groupId: topic,
      topic,
      isOurMetadata: () => false,
      open: () => ({
        read: (records, release) => {
          if (released.has(records[0]?.value?.buffer)) reused += 1;
          held.push({ records, release });
          if (held.length > partitions) letGo(partitions);
          return Promise.resolve();
        },
        close: () => undefined,
      }),
    });
    await member.start();
    await until(() => read.length + sumOf(held, ({ records }) => records.length) === 400);
    letGo(0);
    expect(read.toSorted((a, b) => a - b)).toEqual(numbers.flatMap((one) => [one, one, one, one]));
    expect(isWhole).toBe(true);
    expect(reused).toBeGreaterThan(0);
    await member.stop();
  }, 60_000);

  it('tails a log from its beginning, and follows it', async () => {
    const topic = await newTopic(1);
    const early: number[] = [];
    const first = connection.tail(topic, ({ offset }) => early.push(offset));
    await first.start();
    expect(early).toEqual([]);
    await producer.append(topic, 0, [{ value: Buffer.from('0') }, { value: Buffer.from('1') }]);
    await until(() => early.length === 2);
    const late: number[] = [];
    const second = connection.tail(topic, ({ offset }) => late.push(offset));
    await second.start();
    expect(late).toEqual([0, 1]);
    await first.stop();
    await second.stop();
  }, 30_000);

  it('says what it waits for until a broker answers or it is told to give up', async () => {
    const nobody = connectTo(['127.0.0.1:1']);
    const abort = new AbortController();
    const reasons: string[] = [];
    const waiting = nobody.waitUntilReachable((reason) => {
      reasons.push(reason);
      abort.abort();
    }, abort.signal);
    await expect(waiting).rejects.toMatchObject({ name: 'AppError' });
    expect(reasons[0]).toContain('127.0.0.1:1');
    await connection.waitUntilReachable(() => undefined);
  }, 30_000);
});

function connectTo(brokers: readonly string[]): KafkaConnection {
  return connectKafka({ brokers, clientId: 'adapter-test', logger: silentLogger });
}

/** A member in a process of its own, which may be killed. */
function spawnMember(topic: string) {
  const program = `
    import { connectKafka } from ${JSON.stringify(join(compiledTree(), 'kafka', 'index.js'))};
    const quiet = () => undefined;
    const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const brokers = ${JSON.stringify(sharedStack().kafka.brokers)};
    await connectKafka({ brokers, clientId: 'killed', logger }).groupConsumer({
      groupId: '${topic}',
      topic: '${topic}',
      isOurMetadata: () => false,
      open: () => ({ read: () => Promise.resolve(), close: quiet }),
    }).start();`;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'ignore' });
}

async function until(
  condition: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const endMs = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`not within ${withinMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function sumOf<One>(all: readonly One[], of: (one: One) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0);
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const startMs = Date.now();
  await work();
  return Date.now() - startMs;
}
