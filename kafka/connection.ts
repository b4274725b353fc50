import { AppError, messageOf } from '../service/errors.js';
import { KafkaAdmin } from './admin.js';
import { KafkajsClients, type KafkaConnectionOptions } from './clients.js';
import { KafkaFollower } from './follower.js';
import { KafkaGroupConsumer } from './group-consumer.js';
import { PlainProducer } from './producer.js';
import { KafkaTail } from './tail.js';
import { backoffMs, pause, withDeadline } from './timing.js';
import type { KafkaConnection } from './types.js';

const waitingIntervalMs = 3_000;
const reachDeadlineMs = 5_000;

/** Makes clients on demand; opens no connection by itself. */
export function connectKafka(options: KafkaConnectionOptions): KafkaConnection {
  const { logger } = options;
  const now = Date.now;
  const clients = new KafkajsClients(options, now);
  const newAdmin = (): KafkaAdmin => new KafkaAdmin(() => clients.admin(), now);
  return {
    waitUntilReachable: (onWaiting, signal) =>
      waitUntilReachable(() => reach(clients), now, onWaiting, signal),

    producer: (producerOptions) =>
      Promise.resolve(new PlainProducer(() => clients.producer(), now, producerOptions)),

    groupConsumer: (groupOptions) =>
      new KafkaGroupConsumer(groupOptions, {
        admin: newAdmin(),
        logger,
        now,
        makeConsumer: (assigner) => clients.member(groupOptions, assigner),
      }),

    tail: (topic, onRecord) =>
      new KafkaTail(topic, onRecord, {
        admin: newAdmin(),
        logger,
        now,
        makeConsumer: (groupId) => clients.tail(groupId),
      }),

    follow: (topic, partition, onRecord) =>
      new KafkaFollower(topic, partition, onRecord, {
        logger,
        now,
        makeConsumer: (groupId, assigner) => clients.follower(groupId, assigner),
      }),

    admin: () => Promise.resolve(newAdmin()),
  };
}

async function waitUntilReachable(
  reachOnce: () => Promise<void>,
  now: () => number,
  onWaiting: (reason: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  let saidAtMs = -Infinity;
  for (let attempt = 0; ; attempt += 1) {
    if (signal?.aborted === true) {
      throw new AppError('kafka_unavailable', 'gave up waiting for Kafka');
    }
    try {
      await withDeadline(reachOnce(), reachDeadlineMs, () => new Error('no answer in time'));
      return;
    } catch (error) {
      if (now() - saidAtMs >= waitingIntervalMs) {
        saidAtMs = now();
        onWaiting(messageOf(error));
      }
    }
    await pause(backoffMs(attempt, 250, 2_000), signal);
  }
}

async function reach(clients: KafkajsClients): Promise<void> {
  const admin = clients.probe();
  try {
    await admin.connect();
    await admin.describeCluster();
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
