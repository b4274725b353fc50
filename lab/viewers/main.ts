import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { sessionIdOf } from '../../schemas/index.js';
import { exitCode, messageOf } from '../../service/errors.js';
import { Audience } from './audience.js';
import { conditions, meansOf, type Condition } from './condition.js';
import { LedgerFile } from './ledger-file.js';
import { seededRandom } from '../../service/random.js';
import { Statistics } from './statistics.js';
import { parseStreams, type StreamProfile } from './stream-profile.js';
import { Swarm } from './swarm.js';

interface Flags {
  readonly ws: readonly [string, ...string[]];
  readonly viewers: number;
  readonly streams: readonly StreamProfile[];
  readonly seed: number;
  readonly seconds: number | 'forever';
  readonly ledger: string;
  readonly announceInterval?: number;
  readonly sessionSeconds: number;
  readonly rampSeconds: number;
  readonly joiningMax: number;
  readonly drainSeconds: number;
  readonly ownAddresses: boolean;
  readonly otherRolesShare: number;
  readonly condition: Condition;
}

/** Each is an open file: what a process may have is often bounded to 20 000 of them. */
const viewersMax = 19_500;

function numberBetween(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a number from ${minimum} to ${maximum}.`);
  };
}

function streamList(text: string): readonly StreamProfile[] {
  const streams = parseStreams(text);
  if (streams === undefined) {
    throw new InvalidArgumentError('Write key[=rendition+rendition…],key… with each key once.');
  }
  return streams;
}

function urlList(text: string): readonly [string, ...string[]] {
  const [first = '', ...others] = text.split(',');
  for (const url of [first, ...others]) {
    if (!URL.canParse(url)) throw new InvalidArgumentError('Write ws://…,ws://…');
  }
  return [first, ...others];
}

function parseFlags(argv: readonly string[]): Flags {
  const dayS = 86_400;
  return new Command('viewers')
    .description('Simulated viewers on real WebSockets, who write down what they sent.')
    .requiredOption('--ws <urls>', 'where the trackers are; viewers take them by turns', urlList)
    .requiredOption('--streams <list>', 'key[=rendition+rendition…],key…', streamList)
    .requiredOption('--ledger <file>', 'the file to write the truth to; must not exist')
    .option('--viewers <number>', 'viewers at a time', numberBetween(1, viewersMax), 100)
    .option('--seed <number>', 'of the model', numberBetween(0, 2 ** 32 - 1), 1)
    .option(
      '--seconds <number>',
      'how long, or "forever"',
      (text) => (text === 'forever' ? text : numberBetween(1, 30 * dayS)(text)),
      'forever',
    )
    .option('--announce-interval <seconds>', "instead of the tracker's", numberBetween(0.1, 60))
    .option('--session-seconds <number>', 'median of a session', numberBetween(1, dayS), 240)
    .option('--ramp-seconds <number>', 'the first come within', numberBetween(0, 3_600), 5)
    .option(
      '--joining-max <number>',
      'of the first so many at a time without an answer',
      numberBetween(1, viewersMax),
      viewersMax,
    )
    .option('--drain-seconds <number>', 'wait for answers at most', numberBetween(0, 600), 30)
    .option(
      '--other-roles-share <number>',
      'of those who come so many are seeders, as many previews and as many rehearsals',
      numberBetween(0, 0.3),
      0,
    )
    .option('--own-addresses', 'each from a loopback address of its own', false)
    .addOption(
      new Option('--condition <word>', 'what is arranged').choices(conditions).default('usual'),
    )
    .allowExcessArguments(false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCode.ok : exitCode.usage))
    .parse(argv, { from: 'user' })
    .opts<Flags>();
}

/** How often it tells its status. */
const tellMs = 250;

/** Resolves when told to stop by SIGTERM or SIGINT, or when the time is over. */
async function untilStopped(seconds: number | 'forever'): Promise<void> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const longest = 2 ** 31 - 1;
  const durationMs = seconds === 'forever' ? longest : seconds * 1_000;
  await wait(durationMs, undefined, { signal: stopping.signal }).catch(() => undefined);
}

async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2));
  const now = (): number => Date.now();
  const ledger = new LedgerFile(flags.ledger, now);
  const audience = new Audience({
    urls: flags.ws,
    now,
    random: seededRandom(flags.seed),
    ledger,
    swarm: new Swarm(),
    statistics: new Statistics(),
    announceIntervalMs:
      flags.announceInterval === undefined ? undefined : flags.announceInterval * 1_000,
    settings: {
      streams: flags.streams,
      sessionMedianMs: flags.sessionSeconds * 1_000,
      otherRolesShare: flags.otherRolesShare,
    },
    viewers: flags.viewers,
    rampMs: flags.rampSeconds * 1_000,
    joiningMax: flags.joiningMax,
    waitMs: flags.drainSeconds * 1_000,
    hasOwnAddress: flags.ownAddresses,
    nextMeans: meansOf(flags.condition),
    newSession: () => sessionIdOf(randomBytes(16)),
  });
  const tell = (): void => {
    process.stdout.write(`${JSON.stringify(audience.status())}\n`);
  };
  audience.start();
  // The parent is gone: nobody will read the ledger, and what the viewers talk to goes too.
  const orphaned = (): never => process.exit(exitCode.ok);
  process.once('disconnect', orphaned);
  const telling = setInterval(tell, tellMs);
  await untilStopped(flags.seconds);
  await audience.stop();
  clearInterval(telling);
  tell();
  ledger.close();
  process.off('disconnect', orphaned);
  if (process.connected) process.disconnect();
}

await main().catch((error: unknown) => {
  process.stderr.write(`viewers: ${messageOf(error)}\n`);
  process.exit(exitCode.internal);
});
