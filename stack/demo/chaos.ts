import { setTimeout as wait } from 'node:timers/promises';
import type { StackProcess } from '../types.js';
import type { ChaosEvent } from './report.js';

/** What is killed, at which share of which measured minute. */
export interface PlannedKill {
  readonly process: StackProcess;
  readonly why: string;
  /** On this process's clock, Unix ms. */
  readonly atMs: number;
}

/**
 * A tracker and the owner of partials in the first measured minute; the owner of totals in the second,
 * or later in the first where that is the only one.
 */
export function planKills(
  parts: {
    readonly tracker: StackProcess;
    readonly partialsOwner: StackProcess;
    readonly totalsOwner: StackProcess;
  },
  firstMinuteMs: number,
  intervalMs: number,
  minutes: number,
): readonly PlannedKill[] {
  const at = (minute: number, share: number): number =>
    Math.round(firstMinuteMs + (Math.min(minute, minutes - 1) + share) * intervalMs);
  return [
    { process: parts.tracker, why: 'a tracker', atMs: at(0, 0.3) },
    { process: parts.partialsOwner, why: 'an owner of partials', atMs: at(0, 0.5) },
    { process: parts.totalsOwner, why: 'an owner of totals', atMs: at(1, 0.7) },
  ];
}

export interface ChaosParts {
  readonly say: (line: string) => void;
  readonly now: () => number;
  /** Announces without an answer, as the viewers told last. */
  readonly announcesInFlight: () => number;
  readonly announcesResent: () => number;
  readonly signal: AbortSignal;
}

/** Kills each with -9 at its time and starts it again at once. Resolves when all are ready again. */
export async function runKills(
  kills: readonly PlannedKill[],
  parts: ChaosParts,
): Promise<readonly ChaosEvent[]> {
  const { say, now, signal } = parts;
  return Promise.all(
    kills.map(async ({ process, why, atMs }): Promise<ChaosEvent> => {
      await wait(Math.max(0, atMs - now()), undefined, { signal });
      const killedAt = new Date(now()).toISOString();
      const resentBefore = parts.announcesResent();
      say(
        `chaos: ${killedAt} kill -9 ${process.name} (pid ${process.pid}, ${why}), ` +
          `${parts.announcesInFlight()} announces in flight`,
      );
      process.kill('SIGKILL');
      await process.exited;
      await process.start();
      const readyAgainAt = new Date(now()).toISOString();
      say(
        `chaos: ${readyAgainAt} ${process.name} is ready again (pid ${process.pid}), ` +
          `${parts.announcesResent() - resentBefore} announces resent meanwhile`,
      );
      return { process: process.name, killedAt, readyAgainAt };
    }),
  );
}
