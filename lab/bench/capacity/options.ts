import { Command } from 'commander';
import {
  parseOptions,
  wholeNumber,
  type ParsedCommandLine,
} from '../../../service/command-line.js';

export interface CapacityBenchOptions {
  readonly viewers: number;
  /** So many of them come in through HAProxy, all others straight to the trackers. */
  readonly throughHaproxy: number;
  readonly minutes: number;
  readonly intervalSeconds: number;
  /** Seconds between two announces of a viewer. */
  readonly announceInterval: number;
  /** How fast the viewers come. */
  readonly joinsPerSecond: number;
  /** The median of a session's length. */
  readonly sessionSeconds: number;
  readonly streams: number;
  readonly seed: number;
  /** Where the trackers leave their CPU profiles. */
  readonly cpuProf: string | undefined;
  readonly json: string | undefined;
  readonly folder: string | undefined;
}

type AsTold = Omit<CapacityBenchOptions, 'throughHaproxy'> & { readonly throughHaproxy?: number };

/** The record of each process's viewers is compared as a whole, in memory. */
const minutesMax = 20;
/** Of the viewers, unless told otherwise. */
const throughHaproxyShare = 0.2;

/** Reads `npm run bench:capacity -- …`. */
export function parseCommandLine(argv: readonly string[]): ParsedCommandLine<CapacityBenchOptions> {
  const command = new Command('bench:capacity')
    .description('Runs the whole system with so many viewers, checks every announce and figure.')
    .option('--viewers <count>', 'viewers at a time', wholeNumber(1, 1_000_000), 50_000)
    .option('--through-haproxy <count>', 'of them through HAProxy', wholeNumber(0, 1_000_000))
    .option('--minutes <count>', 'full minutes to measure', wholeNumber(1, minutesMax), 3)
    .option('--interval-seconds <seconds>', 'length of a minute', wholeNumber(5, 300), 60)
    .option('--announce-interval <seconds>', 'between two announces', wholeNumber(5, 50), 30)
    .option('--joins-per-second <count>', 'how fast they come', wholeNumber(1, 10_000), 150)
    .option('--session-seconds <seconds>', 'median of a session', wholeNumber(10, 86_400), 1_800)
    .option('--streams <count>', 'streams that they watch', wholeNumber(1, 10_000), 50)
    .option('--seed <count>', "of the audience's model", wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--cpu-prof <folder>', 'leave CPU profiles of the trackers there')
    .option('--json <file>', 'write the figures there')
    .option('--folder <path>', 'keep data and logs there');
  const parsed = parseOptions<AsTold>(command, argv, (options) => {
    if ((options.throughHaproxy ?? 0) > options.viewers) {
      command.error('error: --through-haproxy is more than --viewers');
    }
  });
  if (parsed.kind === 'exit') return parsed;
  const { viewers, throughHaproxy } = parsed.options;
  const ofThem = throughHaproxy ?? Math.round(viewers * throughHaproxyShare);
  return { kind: 'options', options: { ...parsed.options, throughHaproxy: ofThem } };
}
