import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { partitionOf } from '../../kafka/index.js';
import { sessionIdOf, type SessionId } from '../../schemas/index.js';
import { Attacker, type AttackerOptions } from './attack.js';
import type { AttackersOptions, AttackersStatus } from './attackers-process.js';
import { attacks } from './catalogue.js';
import type { Welcome } from './raw-viewer.js';
import { Tally } from './tally.js';

/**
 * The program of the hostile viewers, with its options as JSON: attacks until SIGTERM, and tells on
 * stdout what it did and was answered, a line each time.
 */

const tellMs = 500;
/** Ordinary viewers and attackers, each by where they come from. */
const addresses = { here: '127.0.0.66', elsewhere: '127.0.0.67' };
const victimsPollMs = 500;

/** A session that Kafka's hash puts into the partition: some tries are enough. */
function sessionOf(stream: string, partition: number, partitions: number): SessionId {
  for (;;) {
    const bytes = randomBytes(16);
    if (partitionOf(stream, bytes, partitions) === partition) return sessionIdOf(bytes);
  }
}

/** Whom the tracker tells of: before anybody attacks, they are the stream's ordinary viewers. */
async function findVictims(
  options: Omit<AttackerOptions, 'victims' | 'tally'>,
  wanted: number,
): Promise<{ readonly victims: readonly string[]; readonly welcome: Welcome }> {
  const attacker = new Attacker({ ...options, victims: [], tally: new Tally() });
  for (;;) {
    const joined = await attacker.join(attacker.newSession());
    if (joined !== undefined) {
      const { viewer, welcome } = joined;
      await viewer.send({ type: 'announce', announces: [], peersWanted: 30 });
      await attacker.wait(victimsPollMs);
      viewer.end();
      if (viewer.peers.length >= wanted) return { victims: viewer.peers, welcome };
    }
    if (options.signal.aborted) throw new Error('stopped before there was anybody to attack');
    await attacker.wait(victimsPollMs);
  }
}

const options = JSON.parse(process.argv[2] ?? '') as AttackersOptions;
const stopping = new AbortController();
setMaxListeners(0, stopping.signal);
process.once('SIGTERM', () => stopping.abort());
process.once('disconnect', () => process.exit(0));

const { urls, stream, lockedStream, partition, partitions } = options;
const shared = {
  urls,
  stream,
  lockedStream,
  address: addresses.here,
  newSession: () => sessionOf(stream, partition, partitions),
  signal: stopping.signal,
};
const { victims, welcome } = await findVictims(shared, options.victimsMin);
const tallies = new Map<string, Tally>();
const tell = (): void => {
  const counts = [...tallies].map(([name, tally]) => [name, tally.counts()] as const);
  const status: AttackersStatus = {
    told: { limits: welcome.limits, announceIntervalMs: welcome.announceIntervalMs },
    victims: victims.length,
    counts: Object.fromEntries(counts),
  };
  process.stdout.write(`${JSON.stringify(status)}\n`);
};
const telling = setInterval(tell, tellMs);
await Promise.all(
  attacks
    .filter(({ name }) => options.attacks.includes(name))
    .map(async ({ name, run, isElsewhere = false }) => {
      const tally = new Tally();
      tallies.set(name, tally);
      const address = isElsewhere ? addresses.elsewhere : addresses.here;
      await run(new Attacker({ ...shared, victims, tally, address }));
    }),
);
clearInterval(telling);
tell();
process.exit(0);
