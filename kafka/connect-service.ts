import type { Static, TObject } from 'typebox';
import type { Health } from '../service/health.js';
import type { Logger } from '../service/logs.js';
import { connectKafka } from './connection.js';
import { kafkaSecurity, type kafkaSettings } from './settings.js';
import type { KafkaConnection } from './types.js';

type Settings = Static<TObject<typeof kafkaSettings>> & {
  readonly kafka_brokers: readonly string[];
  readonly node_name: string;
};

/** What a service has before anything else. */
export interface KafkaService {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly health: Health;
  readonly fail: (error: unknown) => void;
}

/**
 * A service's connection, as its settings say; `/readyz` tells why Kafka doesn't let it in. A log
 * that was made anew fails the service: started again, it reads all of it.
 */
export function connectService({ settings, logger, health, fail }: KafkaService): KafkaConnection {
  const kafka = connectKafka({
    brokers: settings.kafka_brokers,
    security: kafkaSecurity(settings, Date.now()),
    clientId: settings.node_name,
    logger,
    onLogLost: fail,
  });
  health.addCheck('kafka', () => kafka.problem());
  return kafka;
}
