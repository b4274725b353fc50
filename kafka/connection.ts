import { RateLimitedLog } from '../service/logs.js';
import { KafkaAdmin } from './admin.js';
import { Admittance } from './admittance.js';
import { KafkajsClients, type KafkaConnectionOptions } from './clients.js';
import { KafkaFollower } from './follower.js';
import { KafkaGroupConsumer } from './group-consumer.js';
import { PlainProducer } from './producer.js';
import { waitUntilReachable } from './reach.js';
import { KafkaTail } from './tail.js';
import type { KafkaConnection } from './types.js';

const refusedLogEveryMs = 60_000;
const unsecured = { tls: undefined, login: undefined };

/** Makes clients on demand; opens no connection by itself. */
export function connectKafka(options: KafkaConnectionOptions): KafkaConnection {
  const { logger, brokers, security = unsecured } = options;
  const now = Date.now;
  const limitedLog = new RateLimitedLog(now, refusedLogEveryMs);
  const admittance = new Admittance(now, (broker, reason) =>
    limitedLog.log(broker, (heldBack) =>
      logger.error({ reason, heldBack }, 'a broker refuses this node'),
    ),
  );
  if (security.login?.mechanism === 'plain' && security.tls === undefined) {
    logger.warn({}, 'kafka_sasl_mechanism plain without kafka_tls: the password can be read');
  }
  const clients = new KafkajsClients(options, admittance, now);
  const newAdmin = (): KafkaAdmin => new KafkaAdmin(() => clients.admin(), now);
  return {
    waitUntilReachable: (onWaiting, signal) =>
      waitUntilReachable({ clients, brokers, security, admittance, now }, onWaiting, signal),

    problem: () => admittance.problem(),

    producer: (producerOptions) =>
      Promise.resolve(new PlainProducer(() => clients.producer(), now, producerOptions)),

    groupConsumer: (groupOptions) =>
      new KafkaGroupConsumer(groupOptions, {
        admin: newAdmin(),
        logger,
        now,
        makeConsumer: (assigners) => clients.member(groupOptions, assigners),
      }),

    tail: (topic, onRecord) =>
      new KafkaTail(topic, onRecord, {
        admin: newAdmin(),
        logger,
        now,
        after: (delayMs, run) => void setTimeout(run, delayMs).unref(),
        onLost: options.onLogLost,
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
