import { InvalidArgumentError, Option, type Command } from 'commander';
import { kafkaSettings } from '../kafka/index.js';
import { addSettings } from './setting-options.js';

/** Options that all commands take, beside those of `kafkaSettings`. */
export interface CommonOptions {
  readonly kafkaBrokers: readonly string[];
  readonly timeoutSeconds: number;
}

const broker = /^[^\s:,]+:\d{1,5}$/;

/** For `argParser`: a whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** For `argParser`: an option that may be given several times. */
export function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function brokerList(text: string): readonly string[] {
  const brokers = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (brokers.length === 0 || !brokers.every((part) => broker.test(part))) {
    throw new InvalidArgumentError('It must be host:port, several separated by commas.');
  }
  return brokers;
}

/** Adds the options that all commands take. */
export function withCommonOptions(command: Command): Command {
  command
    .addOption(
      new Option('--kafka-brokers <host:port,...>', 'where Kafka is')
        .env('VIBLAST_KAFKA_BROKERS')
        .default(['127.0.0.1:9092'], '127.0.0.1:9092')
        .argParser(brokerList),
    )
    .addOption(
      new Option('--timeout-seconds <seconds>', 'how long to wait for Kafka')
        .default(30)
        .argParser(wholeNumber(1, 3_600)),
    );
  addSettings(command, kafkaSettings);
  return command;
}
