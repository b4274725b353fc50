import { Command } from 'commander';
import {
  parseOptions,
  wholeNumber,
  type ParsedCommandLine,
} from '../../../service/command-line.js';
import { facetsMax } from './made-reports.js';

export interface RollupBenchOptions {
  readonly announces: number;
  readonly sessions: number;
  /** Sizes of batches, one run each. */
  readonly batch: readonly number[];
  /** Rollup processes at most. */
  readonly consumers: number;
  readonly memory: boolean;
  /** Where the rollup processes leave their CPU profiles. */
  readonly cpuProf: string | undefined;
  /** Live minutes of so many streams instead of a backlog. */
  readonly streams: number | undefined;
  readonly minutes: number;
  readonly intervalSeconds: number;
  readonly cells: number;
  /** Facets of each session. */
  readonly facets: number;
  readonly carbon: boolean;
  readonly growth: boolean;
}

/** Reads `npm run bench:rollup -- …`. */
export function parseCommandLine(argv: readonly string[]): ParsedCommandLine<RollupBenchOptions> {
  const command = new Command('bench:rollup')
    .description(
      'Drains announces with real rollup processes into both sinks, and checks the sums.',
    )
    .option('--announces <count>', 'announces in a pass', wholeNumber(1_000, 1e9), 5_000_000)
    .option('--sessions <count>', 'sessions that they are of', wholeNumber(1, 10_000_000), 100_000)
    .option('--batch <count...>', 'announces in a Kafka record, one run each', counts, [128, 8])
    .option('--consumers <count>', 'rollup processes: 1, then more', wholeNumber(1, 8), 2)
    .option('--no-memory', 'without the measurement of memory by sessions')
    .option('--cpu-prof <folder>', 'leave CPU profiles of the rollup processes there')
    .option(
      '--streams <count>',
      'live minutes of so many streams instead',
      wholeNumber(1, 1_000_000),
    )
    .option('--minutes <count>', 'of them so many', wholeNumber(3, 10_000), 30)
    .option('--interval-seconds <seconds>', 'and so long', wholeNumber(5, 60), 10)
    .option('--cells <count>', 'cells of each of these streams', wholeNumber(1, 5), 1)
    .option('--facets <count>', 'facets of each session', wholeNumber(0, facetsMax), 0)
    .option('--no-carbon', 'without a real carbon at the end of these')
    .option('--growth', 'CPU by announces and by streams instead, with the plot', false);
  return parseOptions(command, argv);
}

const givenBatches = new WeakSet<readonly number[]>();

/** Each use adds one; the first replaces the default. */
function counts(text: string, before: readonly number[]): readonly number[] {
  const added = [...(givenBatches.has(before) ? before : []), wholeNumber(1, 2_000)(text)];
  givenBatches.add(added);
  return added;
}
