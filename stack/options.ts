import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { exitCode } from '../service/errors.js';
import type { StackOptions } from './types.js';

export interface StackCommandLine extends StackOptions {
  readonly services: boolean;
  readonly json: boolean;
  readonly viewers: number;
}

export type ParsedCommandLine =
  | { readonly kind: 'options'; readonly options: StackCommandLine }
  /** Help was asked for, or the command line is wrong; the text has been printed. */
  | { readonly kind: 'exit'; readonly code: number };

/** Reads `npm run stack -- …`. */
export function parseStackCommandLine(argv: readonly string[]): ParsedCommandLine {
  const command = new Command('stack')
    .description('Starts the whole system on loopback ports and runs until SIGINT or SIGTERM.')
    .option('--trackers <count>', 'trackers', count(0, 16), 2)
    .option('--rollups <count>', 'rollup processes', count(0, 16), 2)
    .option('--ingests <count>', 'ingest processes', count(0, 16), 1)
    .option('--portal', 'the portal too', false)
    .option('--brokers <count>', 'Kafka brokers: 1 or 3', brokers, 1)
    .option('--streams <keys>', 'streams to register, comma-separated', list)
    .option('--partitions <count>', 'partitions of announces', count(1, 1_024))
    .option('--partial-partitions <count>', 'partitions of rollup-partials', count(1, 1_024))
    .option('--interval-seconds <seconds>', 'length of a minute', count(1, 3_600))
    .option('--late-seconds <seconds>', 'how late an announce may be', count(1, 86_400))
    .option('--grace-seconds <seconds>', 'how far clocks may be apart', count(1, 86_400))
    .option('--takeover-seconds <seconds>', 'how long a pause may last', count(1, 86_400))
    .option('--folder <path>', 'keeps data and logs there; a temporary folder otherwise')
    .option('--viewers <count>', 'simulated viewers', count(0, 1_000_000), 0)
    .option('--no-services', 'the four servers alone')
    .option('--json', 'one line of JSON with all addresses on stdout when ready', false)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'exit', code: error.exitCode === 0 ? exitCode.ok : exitCode.usage };
  }
  return { kind: 'options', options: command.opts<StackCommandLine>() };
}

function count(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`a whole number from ${minimum} to ${maximum}`);
    }
    return value;
  };
}

function brokers(text: string): 1 | 3 {
  if (text === '1') return 1;
  if (text === '3') return 3;
  throw new InvalidArgumentError('1 or 3');
}

function list(text: string): string[] {
  const keys = text.split(',').map((key) => key.trim());
  if (keys.some((key) => key === '')) throw new InvalidArgumentError('keys separated by commas');
  return keys;
}
