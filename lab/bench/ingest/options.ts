import { Command } from 'commander';
import {
  parseOptions,
  wholeNumber,
  type ParsedCommandLine,
} from '../../../service/command-line.js';

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

/** Reads `npm run bench:ingest -- …`. */
export function parseCommandLine(argv: readonly string[]): ParsedCommandLine<IngestBenchOptions> {
  const command = new Command('bench:ingest')
    .description('Fills a topic with announces, drains it into ClickHouse, and checks every sum.')
    .option('--announces <count>', 'announces to make', wholeNumber(300_000, 1e9), 3_000_000)
    .option('--sessions <count>', 'sessions that they are of', wholeNumber(1, 10_000_000), 100_000)
    .option('--batch <count>', 'announces in a Kafka record', wholeNumber(1, 2_000), 128)
    .option('--partitions <count>', 'partitions of announces', wholeNumber(1, 256), 8)
    .option('--ingests <count>', 'ingest processes', wholeNumber(1, 16), 1)
    .option(
      '--format-rows <count>',
      'rows for each format',
      wholeNumber(1_000, 1_000_000),
      200_000,
    );
  return parseOptions(command, argv);
}
