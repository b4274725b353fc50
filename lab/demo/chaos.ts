import { groups } from '../../schemas/index.js';
import type { ServiceProcess } from '../stack/index.js';
import type { ChaosEvent } from './report.js';

/** What is killed, at which share of which measured minute. */
export interface PlannedKill {
  readonly process: ServiceProcess;
  /** What it is, with the consumer group whose partitions it owns, if any. */
  readonly role: string;
  readonly group?: string;
  /** On this process's clock, Unix ms. */
  readonly atMs: number;
}

/**
 * A tracker and the owner of partials in the first measured minute; the owner of totals in the
 * second, or later in the first where that is the only one.
 */
export function planKills(
  parts: {
    readonly tracker: ServiceProcess;
    readonly partialsOwner: ServiceProcess;
    readonly totalsOwner: ServiceProcess;
  },
  firstMinuteMs: number,
  intervalMs: number,
  minutes: number,
): readonly PlannedKill[] {
  const at = (minute: number, share: number): number =>
    Math.round(firstMinuteMs + (Math.min(minute, minutes - 1) + share) * intervalMs);
  return [
    { process: parts.tracker, role: 'a tracker', atMs: at(0, 0.3) },
    {
      process: parts.partialsOwner,
      role: 'partials',
      group: groups.partials,
      atMs: at(0, 0.5),
    },
    {
      process: parts.totalsOwner,
      role: 'totals',
      group: groups.totals.graphite,
      atMs: at(1, 0.7),
    },
  ];
}

export interface ChaosParts {
  readonly say: (line: string) => void;
  readonly now: () => number;
  /** How many partitions it owns in the group, as it tells itself. */
  readonly ownedPartitions: (process: ServiceProcess, group: string) => Promise<number>;
  /** Announces without an answer, as the viewers told last. */
  readonly announcesInFlight: () => number;
  readonly announcesResent: () => number;
  /** Resolves after this long; rejects when the demo is told to stop. */
  readonly wait: (durationMs: number) => Promise<void>;
}

/**
 * A tracker holds still for this long first, so that what viewers send meanwhile is lost with it.
 */
const holdMs = 500;
/** Within it viewers have reconnected and sent again. */
const reconnectMs = 5_000;

/**
 * Kills each with -9 at its time and starts it again at once. Resolves when all are ready again.
 */
export async function runKills(
  kills: readonly PlannedKill[],
  parts: ChaosParts,
): Promise<readonly ChaosEvent[]> {
  const { say, now, wait } = parts;
  return Promise.all(
    kills.map(async ({ process, role, group, atMs }): Promise<ChaosEvent> => {
      await wait(Math.max(0, atMs - now()));
      const owned =
        group === undefined
          ? ''
          : `, owner of ${await parts.ownedPartitions(process, group)} partitions in ${group}`;
      if (group === undefined) {
        process.kill('SIGSTOP');
        await wait(holdMs);
      }
      const killedAt = new Date(now()).toISOString();
      const resentBefore = parts.announcesResent();
      say(
        `chaos: ${killedAt} kill -9 ${process.name} (pid ${process.pid}, ${role}${owned}), ` +
          `${parts.announcesInFlight()} announces in flight`,
      );
      process.kill('SIGKILL');
      await process.exited;
      await process.start();
      const readyAgainAt = new Date(now()).toISOString();
      await wait(reconnectMs);
      say(
        `chaos: ${readyAgainAt} ${process.name} is ready again (pid ${process.pid}), ` +
          `${parts.announcesResent() - resentBefore} announces resent meanwhile`,
      );
      return { process: process.name, killedAt, readyAgainAt };
    }),
  );
}
