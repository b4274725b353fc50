import { Command } from 'commander';
import { parseOptions, wholeNumber, type ParsedCommandLine } from '../../service/command-line.js';

export interface FuzzCommandOptions {
  readonly frames: number;
  readonly seed: number;
}

/** Reads `npm run test:fuzz -- …`; `print` gets what is to be told when it is wrong. */
export function parseFuzzOptions(
  argv: readonly string[],
  print: (text: string) => void,
): ParsedCommandLine<FuzzCommandOptions> {
  const command = new Command('fuzz')
    .description('Says wrong frames in both dialects to a tracker, beside sockets that do not.')
    .option('--frames <count>', 'random ones', wholeNumber(1, 1e9), 100_000)
    .option('--seed <count>', 'of what is random', wholeNumber(0, 2 ** 32 - 1), 1)
    .configureOutput({ writeOut: print, writeErr: print });
  return parseOptions<FuzzCommandOptions>(command, argv);
}
