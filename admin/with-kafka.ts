import {
  connectKafka,
  kafkaSecurity,
  kafkaSettings,
  type KafkaConnection,
} from '../kafka/index.js';
import { exitCode, StartError } from '../service/errors.js';
import type { Logger } from '../service/logs.js';
import type { CommonOptions } from './options.js';
import { settingsOf } from './setting-options.js';
import { say } from './terminal.js';

export { print, say } from './terminal.js';

/** A command's log: what somebody should look at goes to stderr as text, the rest is not said. */
export const commandLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => say(`warning: ${message} ${JSON.stringify(fields)}`),
  error: (fields, message) => say(`error: ${message} ${JSON.stringify(fields)}`),
};

/**
 * Waits for Kafka, saying so, and does the work, all within the time-out. Throws a StartError
 * (`kafka_unavailable`, exit code 69) past it.
 */
export async function withKafka<Result>(
  options: CommonOptions,
  work: (kafka: KafkaConnection, deadline: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const brokers = options.kafkaBrokers.join(',');
  let lastReason = 'it does not answer';
  const kafka = connectKafka({
    brokers: options.kafkaBrokers,
    security: kafkaSecurity(settingsOf(options, kafkaSettings), Date.now()),
    clientId: 'vba-admin',
    // The client's own retries are no news; the last one's reason is, if the time runs out.
    logger: {
      ...commandLogger,
      warn: (fields, message) => {
        lastReason = `${message} ${JSON.stringify(fields)}`;
      },
    },
  });
  const deadline = AbortSignal.timeout(options.timeoutSeconds * 1_000);
  const passed = new Promise<never>((_resolve, reject) => {
    deadline.addEventListener('abort', () => {
      const message = `Kafka at ${brokers}: not done within ${options.timeoutSeconds} s: ${lastReason}`;
      reject(new StartError('kafka_unavailable', message, exitCode.unavailable));
    });
  });
  const done = (async () => {
    await kafka.waitUntilReachable((reason) => {
      lastReason = reason;
      say(`waiting for Kafka at ${brokers}: ${reason}`);
    }, deadline);
    return await work(kafka, deadline);
  })();
  return await Promise.race([passed, done]);
}
