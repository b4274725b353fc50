import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  connectKafka,
  type Appended,
  type GroupConsumer,
  type LogAdmin,
  type LogProducer,
  type LogTail,
} from '../../kafka/index.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { startKafka, type KafkaServers } from '../../lab/stack/servers/kafka.js';
import { within } from './testing/within.js';

const partitions = 2;
const topic = 'outage';

/** A Kafka of its own, since it is stopped on the way. */
describe('the Kafka adapter when its broker is stopped and started again', () => {
  const supervisor = new Supervisor();
  const acknowledged: Appended[] = [];
  const refused: unknown[] = [];
  const read = new Set<string>();
  const tailed: number[] = [];
  let kafka: KafkaServers;
  let admin: LogAdmin;
  let producer: LogProducer;
  let consumer: GroupConsumer;
  let tail: LogTail;

  beforeAll(async () => {
    kafka = await startKafka(supervisor, 1);
    const connection = connectKafka({
      brokers: kafka.brokers,
      clientId: 'outage',
      logger: silentLogger,
    });
    admin = await connection.admin();
    for (const [name, count] of [
      [topic, partitions],
      ['tailed', 1],
    ] as const) {
      const settings = { 'message.timestamp.type': 'LogAppendTime' };
      await admin.createTopic({ topic: name, partitions: count, replicationFactor: 1, settings });
    }
    producer = await connection.producer();
    consumer = connection.groupConsumer({
      groupId: topic,
      topic,
      isOurMetadata: (metadata) => metadata === 'ours',
      open: (owned) => ({
        read: async (records) => {
          for (const { partition, offset } of records) read.add(`${partition}@${offset}`);
          await owned.commit((records.at(-1)?.offset ?? 0) + 1, 'ours').catch(() => false);
        },
        close: () => undefined,
      }),
    });
    await consumer.start();
    tail = connection.tail('tailed', ({ offset }) => tailed.push(offset));
    await tail.start();
  }, 120_000);

  afterAll(async () => {
    await Promise.all([consumer.stop(), tail.stop(), producer.close(), admin.close()]);
    await supervisor.close();
  }, 60_000);

  /** Appends one record to each partition and waits for the answers, whatever they are. */
  async function appendRound(): Promise<void> {
    await Promise.all(
      Array.from({ length: partitions }, (_, partition) =>
        producer.append(topic, partition, [{ value: Buffer.from('x') }]).then(
          (appended) => acknowledged.push(appended),
          (error: unknown) => refused.push(error),
        ),
      ),
    );
  }

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'refuses appends in bounded time meanwhile, and comes back by itself, after %s',
    async (signal) => {
      const [broker] = kafka.processes;
      if (broker === undefined) throw new Error('no broker');
      await appendRound();
      await until(() => acknowledged.length > 0);
      refused.length = 0;

      broker.kill(signal);
      await broker.exited;
      const startMs = Date.now();
      await appendRound();
      expect(Date.now() - startMs).toBeLessThan(within(16_000));
      expect(refused).toHaveLength(partitions);
      const answeredAtMs = tail.lastAnswerAtMs();
      for (const error of refused) {
        expect(error).toMatchObject({
          name: 'AppError',
          code: 'kafka_unavailable',
          retryable: true,
        });
      }
      await expect(admin.brokerCount()).rejects.toMatchObject({
        code: 'kafka_unavailable',
        retryable: true,
      });

      expect(tail.lastAnswerAtMs()).toBe(answeredAtMs);

      await broker.start();
      const before = acknowledged.length;
      await until(async () => {
        await appendRound();
        return acknowledged.length >= before + 2 * partitions;
      });
      await until(() =>
        acknowledged.every(({ partition, baseOffset }) => read.has(`${partition}@${baseOffset}`)),
      );
      const tailedBefore = tailed.length;
      await until(
        async () =>
          (await producer.append('tailed', 0, [{ value: Buffer.from('x') }])).baseOffset >= 0,
      );
      await until(() => tailed.length > tailedBefore);
      expect(tailed).toEqual(tailed.map((_, index) => index));
      expect(tail.lastAnswerAtMs()).toBeGreaterThan(answeredAtMs);
    },
    120_000,
  );
});

async function until(
  condition: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const endMs = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`not within ${withinMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
