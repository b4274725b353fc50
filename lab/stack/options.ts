import { Command, InvalidArgumentError, Option } from 'commander';
import { parseOptions, wholeNumber, type ParsedCommandLine } from '../../service/command-line.js';
import { balanceModes } from './balance-modes.js';
import type { StackOptions } from './types.js';

export interface StackCommandLine extends StackOptions {
  readonly services: boolean;
  readonly json: boolean;
  readonly viewers: number;
}

/** Reads `npm run stack -- …`. */
export function parseStackCommandLine(
  argv: readonly string[],
): ParsedCommandLine<StackCommandLine> {
  const command = new Command('stack')
    .description('Starts the whole system on loopback ports and runs until SIGINT or SIGTERM.')
    .option('--trackers <count>', 'trackers', wholeNumber(0, 16), 2)
    .option('--rollups <count>', 'rollup processes', wholeNumber(0, 16), 2)
    .option('--ingests <count>', 'ingest processes', wholeNumber(0, 16), 1)
    .option('--portal', 'the portal too', false)
    .option('--brokers <count>', 'Kafka brokers: 1 or 3', brokers, 1)
    .option('--secure', 'TLS and a password between Kafka and the services', false)
    .addOption(
      new Option('--balance <mode>', 'how HAProxy spreads viewers over trackers')
        .choices(balanceModes)
        .default('leastconn'),
    )
    .option('--streams <keys>', 'streams to register, comma-separated', list)
    .option('--partitions <count>', 'partitions of announces', wholeNumber(1, 1_024))
    .option('--partial-partitions <count>', 'partitions of rollup-partials', wholeNumber(1, 1_024))
    .option('--interval-seconds <seconds>', 'length of a minute', wholeNumber(1, 3_600))
    .option('--late-seconds <seconds>', 'how late an announce may be', wholeNumber(1, 86_400))
    .option('--grace-seconds <seconds>', 'how far clocks may be apart', wholeNumber(1, 86_400))
    .option('--takeover-seconds <seconds>', 'how long a pause may last', wholeNumber(1, 86_400))
    .option('--folder <path>', 'keeps data and logs there; a temporary folder otherwise')
    .option('--viewers <count>', 'simulated viewers', wholeNumber(0, 1_000_000), 0)
    .option('--no-services', 'the four servers alone')
    .option('--json', 'one line of JSON with all addresses on stdout when ready', false);
  return parseOptions(command, argv);
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
