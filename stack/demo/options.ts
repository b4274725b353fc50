import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { exitCode } from '../../service/errors.js';

export interface DemoOptions {
  readonly viewers: number;
  /** Full minutes that are measured before the end; undefined: until Ctrl-C. */
  readonly minutes: number | undefined;
  /** Ends after the minutes, with the comparison of everything. */
  readonly exit: boolean;
  readonly json: string | undefined;
  readonly chaos: boolean;
  readonly intervalSeconds: number;
  readonly seed: number;
  readonly folder: string | undefined;
}

export type ParsedDemo =
  | { readonly kind: 'options'; readonly options: DemoOptions }
  /** Help was asked for, or the command line is wrong; the text has been printed. */
  | { readonly kind: 'exit'; readonly code: number };

const defaultMinutes = 2;

function whole(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) {
      return value;
    }
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
  };
}

/**
 * Reads `npm run demo -- …`. `print` gets what is to be told when the command line is wrong, with the
 * flag's name in it.
 */
export function parseDemoOptions(
  argv: readonly string[],
  print: (text: string) => void,
): ParsedDemo {
  const command = new Command('demo')
    .description('Starts the whole system with simulated viewers and shows a table a minute.')
    .option('--viewers <count>', 'viewers at a time', whole(1, 9_000), 300)
    .option('--minutes <count>', 'full minutes to measure; with --exit', whole(1, 10_000))
    .option('--exit', 'end after the minutes and compare viewers, ClickHouse and Graphite', false)
    .option('--json <file>', 'write the result there; with --exit')
    .option('--chaos', 'kill -9 a tracker and the rollups while it runs', false)
    .option('--interval-seconds <count>', 'length of a minute', whole(2, 300), 60)
    .option('--seed <count>', "of the audience's model", whole(0, 2 ** 32 - 1), 1)
    .option('--folder <path>', 'keep data and logs there')
    .allowExcessArguments(false)
    .configureOutput({ writeOut: print, writeErr: print })
    .exitOverride();
  try {
    command.parse(argv, { from: 'user' });
    const flags = command.opts<Partial<DemoOptions> & Pick<DemoOptions, 'exit'>>();
    for (const flag of ['minutes', 'json'] as const) {
      if (flags[flag] !== undefined && !flags.exit) command.error(`error: --${flag} needs --exit`);
    }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'exit', code: error.exitCode === 0 ? exitCode.ok : exitCode.usage };
  }
  const options = command.opts<DemoOptions>();
  return {
    kind: 'options',
    options: {
      ...options,
      minutes: options.minutes ?? (options.exit ? defaultMinutes : undefined),
    },
  };
}
