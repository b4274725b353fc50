import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { exitCode } from '../../service/errors.js';

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
  readonly carbon: boolean;
  readonly growth: boolean;
}

export type ParsedCommandLine =
  | { readonly kind: 'options'; readonly options: RollupBenchOptions }
  /** Help was asked for, or the command line is wrong; the text has been printed. */
  | { readonly kind: 'exit'; readonly code: number };

/** Reads `npm run bench:rollup -- …`. */
export function parseCommandLine(argv: readonly string[]): ParsedCommandLine {
  const command = new Command('bench:rollup')
    .description(
      'Drains announces with real rollup processes into both sinks, and checks the sums.',
    )
    .option('--announces <count>', 'announces in a pass', count(1_000, 1e9), 5_000_000)
    .option('--sessions <count>', 'sessions that they are of', count(1, 10_000_000), 100_000)
    .option('--batch <count...>', 'announces in a Kafka record, one run each', counts, [128, 8])
    .option('--consumers <count>', 'rollup processes: 1, then more', count(1, 8), 2)
    .option('--no-memory', 'without the measurement of memory by sessions')
    .option('--cpu-prof <folder>', 'leave CPU profiles of the rollup processes there')
    .option('--streams <count>', 'live minutes of so many streams instead', count(1, 1_000_000))
    .option('--minutes <count>', 'of them so many', count(3, 10_000), 30)
    .option('--interval-seconds <seconds>', 'and so long', count(5, 60), 10)
    .option('--cells <count>', 'cells of each of these streams', count(1, 5), 1)
    .option('--no-carbon', 'without a real carbon at the end of these')
    .option('--growth', 'CPU by announces and by streams instead, with the plot', false)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'exit', code: error.exitCode === 0 ? exitCode.ok : exitCode.usage };
  }
  return { kind: 'options', options: command.opts<RollupBenchOptions>() };
}

function count(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`a whole number from ${minimum} to ${maximum}`);
  };
}

const givenBatches = new WeakSet<readonly number[]>();

/** Each use adds one; the first replaces the default. */
function counts(text: string, before: readonly number[]): readonly number[] {
  const added = [...(givenBatches.has(before) ? before : []), count(1, 2_000)(text)];
  givenBatches.add(added);
  return added;
}
