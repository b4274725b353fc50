import { Command } from 'commander';
import {
  parseOptions,
  wholeNumber,
  type ParsedCommandLine,
} from '../../../service/command-line.js';

export interface SwarmBenchOptions {
  readonly viewers: number;
  readonly minutes: number;
  readonly seed: number;
  /** True: a few viewers and minutes, to see that it runs. */
  readonly quick?: boolean;
}

/** Reads `npm run bench:swarm -- …`. */
export function parseCommandLine(argv: readonly string[]): ParsedCommandLine<SwarmBenchOptions> {
  const command = new Command('bench:swarm')
    .description('Simulates swarms with the choice of peers that the tracker makes, and others.')
    .option('--viewers <count>', 'viewers of a large stream', wholeNumber(10, 100_000), 10_000)
    .option('--minutes <count>', 'minutes that are counted', wholeNumber(1, 600), 4)
    .option('--seed <number>', 'another one is another audience', wholeNumber(0, 2 ** 31), 1)
    .option('--quick', 'a tenth of the viewers, half of the time');
  return parseOptions(command, argv);
}
