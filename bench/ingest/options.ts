import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { exitCode } from '../../service/errors.js';

export interface IngestBenchOptions {
  readonly announces: number;
  readonly sessions: number;
  /** Announces in a Kafka record. */
  readonly batch: number;
  readonly partitions: number;
  /** Ingest processes. */
  readonly ingests: number;
  /** Rows in the comparison of formats. */
  readonly formatRows: number;
}

export type ParsedCommandLine =
  | { readonly kind: 'options'; readonly options: IngestBenchOptions }
  /** Help was asked for, or the command line is wrong; the text has been printed. */
  | { readonly kind: 'exit'; readonly code: number };

/** Reads `npm run bench:ingest -- …`. */
export function parseCommandLine(argv: readonly string[]): ParsedCommandLine {
  const command = new Command('bench:ingest')
    .description('Fills a topic with announces, drains it into ClickHouse, and checks every sum.')
    .option('--announces <count>', 'announces to make', count(300_000, 1e9), 3_000_000)
    .option('--sessions <count>', 'sessions that they are of', count(1, 10_000_000), 100_000)
    .option('--batch <count>', 'announces in a Kafka record', count(1, 2_000), 128)
    .option('--partitions <count>', 'partitions of announces', count(1, 256), 8)
    .option('--ingests <count>', 'ingest processes', count(1, 16), 1)
    .option('--format-rows <count>', 'rows for each format', count(1_000, 1_000_000), 200_000)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'exit', code: error.exitCode === 0 ? exitCode.ok : exitCode.usage };
  }
  return { kind: 'options', options: command.opts<IngestBenchOptions>() };
}

function count(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`a whole number from ${minimum} to ${maximum}`);
  };
}
