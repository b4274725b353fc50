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
}

/** A service's connection, as its settings say; `/readyz` tells why Kafka doesn't let it in. */
export function connectService({ settings, logger, health }: KafkaService): KafkaConnection {
  const kafka = connectKafka({
    brokers: settings.kafka_brokers,
    security: kafkaSecurity(settings, Date.now()),
    clientId: settings.node_name,
    logger,
  });
  health.addCheck('kafka', () => kafka.problem());
  return kafka;
}
