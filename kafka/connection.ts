import kafkajs, { type Kafka } from 'kafkajs';
import { AppError, messageOf } from '../service/errors.js';
import type { Logger } from '../service/logs.js';
import { KafkaAdmin } from './admin.js';
import { KafkaGroupConsumer } from './group-consumer.js';
import { kafkajsLogs } from './kafkajs-logs.js';
import { appendDeadlineMs, PlainProducer } from './producer.js';
import { KafkaTail } from './tail.js';
import { backoffMs, pause, withDeadline } from './timing.js';
import type { KafkaConnection } from './types.js';

export interface KafkaConnectionOptions {
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
  /** Names this process in the brokers' logs. */
  readonly clientId: string;
  readonly logger: Logger;
}

const connectionTimeoutMs = 3_000;
/** A broker that hangs, or is just starting, takes requests and answers none: others have to be asked soon. */
const requestTimeoutMs = 5_000;
const sessionTimeoutMs = 10_000;
/** Members learn of a rebalance by their next heartbeat. */
const heartbeatIntervalMs = 1_000;
/** How long a broker may hold an empty answer back; also how long a resumed partition may wait for its next fetch. */
const fetchWaitMs = 100;
const fetchBytesMaxPerPartition = 1_048_576;
/** Leaders move; a client that looks again soon is the cheapest way to notice, if the former one answers nothing. */
const metadataAgeMsMax = 5_000;
const waitingIntervalMs = 3_000;
const retry = { initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2 };
/**
 * Few: a kafkajs client that reconnects for long keeps dead broker objects and leaks sockets, so it's better to
 * let it fail and make a new one. The price is that a consumer's old member must time out of its group.
 */
const connectRetries = 3;
/**
 * A member outlives the time in which its coordinator is away, about 6 s until Kafka has moved it: only the
 * same member can join again at once, while a new one waits for the former's session to time out.
 */
const memberRetries = 60;
const coordinatorRetries = 10;
const reachDeadlineMs = 5_000;

/** Makes clients on demand; opens no connection by itself. */
export function connectKafka(options: KafkaConnectionOptions): KafkaConnection {
  const { logger, clientId } = options;
  const now = Date.now;
  const logCreator = kafkajsLogs(logger, now);
  // Each client has a Kafka instance of its own, since consumers of one instance share their committed offsets.
  let kafkasMade = 0;
  const kafka = ({
    retries = connectRetries,
    timeoutMs = requestTimeoutMs,
  }: { readonly retries?: number; readonly timeoutMs?: number } = {}): Kafka =>
    new kafkajs.Kafka({
      clientId,
      // The next one begins at the next broker: kafkajs asks the first again and again, though it may hang.
      brokers: rotated(options.brokers, kafkasMade++),
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: timeoutMs,
      retry: { ...retry, retries },
      logLevel: kafkajs.logLevel.INFO,
      logCreator,
    });
  const consumerRetry = {
    ...retry,
    retries: memberRetries,
    restartOnFailure: () => Promise.resolve(false),
  };
  const consumerDefaults = {
    heartbeatInterval: heartbeatIntervalMs,
    metadataMaxAge: metadataAgeMsMax,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: fetchWaitMs,
    minBytes: 1,
    readUncommitted: true,
    retry: consumerRetry,
  };
  const newAdmin = (): KafkaAdmin => new KafkaAdmin(() => kafka().admin(), now);
  const reach = async (): Promise<void> => {
    const admin = kafka().admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      await admin.describeCluster();
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  };

  return {
    async waitUntilReachable(onWaiting, signal) {
      let saidAtMs = -Infinity;
      for (let attempt = 0; ; attempt += 1) {
        if (signal?.aborted === true)
          throw new AppError('kafka_unavailable', 'gave up waiting for Kafka');
        try {
          await withDeadline(reach(), reachDeadlineMs, () => new Error('no answer in time'));
          return;
        } catch (error) {
          if (now() - saidAtMs >= waitingIntervalMs) {
            saidAtMs = now();
            onWaiting(messageOf(error));
          }
        }
        await pause(backoffMs(attempt, 250, 2_000), signal);
      }
    },

    producer: () =>
      Promise.resolve(
        new PlainProducer(
          () =>
            kafka({ timeoutMs: appendDeadlineMs }).producer({
              allowAutoTopicCreation: false,
              idempotent: false,
              metadataMaxAge: metadataAgeMsMax,
              createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
              // Whoever appends tries again, with a new client: kafkajs would do it for long after we gave up.
              retry: { ...retry, retries: 0 },
            }),
          now,
        ),
      ),

    groupConsumer: (groupOptions) =>
      new KafkaGroupConsumer(groupOptions, {
        admin: newAdmin(),
        logger,
        now,
        makeConsumer: (assigner) =>
          kafka({ retries: coordinatorRetries }).consumer({
            ...consumerDefaults,
            groupId: groupOptions.groupId,
            partitionAssigners: [assigner],
            sessionTimeout: groupOptions.sessionTimeoutMs ?? sessionTimeoutMs,
            rebalanceTimeout: groupOptions.sessionTimeoutMs ?? sessionTimeoutMs,
            maxBytesPerPartition:
              groupOptions.fetchBytesMaxPerPartition ?? fetchBytesMaxPerPartition,
          }),
      }),

    tail: (topic, onRecord) =>
      new KafkaTail(topic, onRecord, {
        admin: newAdmin(),
        logger,
        now,
        makeConsumer: (groupId) =>
          kafka().consumer({
            ...consumerDefaults,
            groupId,
            sessionTimeout: sessionTimeoutMs,
            rebalanceTimeout: sessionTimeoutMs,
          }),
      }),

    admin: () => Promise.resolve(newAdmin()),
  };
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const first = by % Math.max(1, list.length);
  return [...list.slice(first), ...list.slice(0, first)];
}
