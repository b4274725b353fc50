import { Command, InvalidArgumentError } from 'commander';
import {
  parseOptions,
  wholeNumber,
  type ParsedCommandLine,
} from '../../../service/command-line.js';

/** What is measured, by the letter or word that `--only` takes. */
export const cases = ['a', 'b', 'c', 'd', 'ordinary', 'memory'] as const;
export type CaseName = (typeof cases)[number];

export interface TrackerBenchOptions {
  readonly only: readonly CaseName[];
  /** True: shorter runs, for a first look. */
  readonly quick: boolean;
  /** Of (d). */
  readonly sockets: number;
  readonly memorySockets: number;
  readonly runs: number;
  readonly json: string | undefined;
  readonly cpuProf: string | undefined;
}

/** Reads `npm run bench:tracker -- …`. */
export function parseCommandLine(argv: readonly string[]): ParsedCommandLine<TrackerBenchOptions> {
  const command = new Command('bench:tracker')
    .description('What a viewer costs: this tracker beside others, CPU of the server alone.')
    .option('--only <cases>', `some of ${cases.join(',')}`, caseNames, cases)
    .option('--quick', 'shorter runs, for a first look', false)
    .option('--sockets <count>', 'sockets of (d)', wholeNumber(100, 19_000), 10_000)
    .option('--memory-sockets <count>', 'for the memory of each', wholeNumber(100, 19_000), 15_000)
    .option('--runs <count>', 'alternating runs', wholeNumber(1, 9), 3)
    .option('--json <file>', 'write all figures there too')
    .option('--cpu-prof <folder>', 'leave CPU profiles of the tracker there');
  return parseOptions(command, argv);
}

function caseNames(text: string): readonly CaseName[] {
  return text.split(',').map((name) => {
    const known = cases.find((one) => one === name);
    if (known === undefined) throw new InvalidArgumentError(`It must be of ${cases.join(',')}.`);
    return known;
  });
}
