import { Command } from 'commander';
import { parseOptions, wholeNumber, type ParsedCommandLine } from '../../service/command-line.js';

export interface DemoOptions {
  readonly viewers: number;
  /** Full minutes that are measured before the end; undefined: until Ctrl-C. */
  readonly minutes: number | undefined;
  /** True: it ends after the minutes, with the comparison of everything. */
  readonly exit: boolean;
  readonly json: string | undefined;
  readonly chaos: boolean;
  /** True: the services come in to Kafka with TLS and a password. */
  readonly secure: boolean;
  readonly intervalSeconds: number;
  readonly seed: number;
  readonly folder: string | undefined;
}

const defaultMinutes = 2;

/**
 * Reads `npm run demo -- …`. `print` gets what is to be told when the command line is wrong, with
 * the flag's name in it.
 */
export function parseDemoOptions(
  argv: readonly string[],
  print: (text: string) => void,
): ParsedCommandLine<DemoOptions> {
  const command = new Command('demo')
    .description('Starts the whole system with simulated viewers and shows a table a minute.')
    .option('--viewers <count>', 'viewers at a time', wholeNumber(1, 9_000), 300)
    .option('--minutes <count>', 'full minutes to measure; with --exit', wholeNumber(1, 10_000))
    .option('--exit', 'end after the minutes and compare viewers, ClickHouse and Graphite', false)
    .option('--json <file>', 'write the result there; with --exit')
    .option('--chaos', 'kill -9 a tracker and the rollups while it runs', false)
    .option('--secure', 'TLS and a password between Kafka and the services', false)
    .option('--interval-seconds <count>', 'length of a minute', wholeNumber(2, 300), 60)
    .option('--seed <count>', "of the audience's model", wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--folder <path>', 'keep data and logs there')
    .configureOutput({ writeOut: print, writeErr: print });
  const parsed = parseOptions<DemoOptions>(command, argv, (options) => {
    for (const flag of ['minutes', 'json'] as const) {
      if (options[flag] !== undefined && !options.exit) {
        command.error(`error: --${flag} needs --exit`);
      }
    }
  });
  if (parsed.kind === 'exit') return parsed;
  const { options } = parsed;
  return {
    kind: 'options',
    options: {
      ...options,
      minutes: options.minutes ?? (options.exit ? defaultMinutes : undefined),
    },
  };
}
