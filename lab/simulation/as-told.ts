import type { Announce, AnnounceBatch, FacetValue } from '../../schemas/index.js';
import { announceKey } from './plain-count.js';

/** Labels' values that streams list here. */
export const listedPlans: ReadonlySet<string> = new Set(['free', 'paid']);
/** Networks that a tracker tells apart at a time. */
export const networksMax = 1;

/**
 * Holds what trackers make of announces to what viewers told: the log, in which the rest of a run
 * finds its truth, is written by trackers.
 */
export class AsTold {
  readonly #made = new Map<string, Announce>();

  constructor(private readonly violate: (what: string) => void) {}

  made(announce: Announce): void {
    this.#made.set(announceKey(announce), announce);
  }

  /** A batch is in the log; `isFirst`: written by the first version, which leaves most out. */
  appended({ announces }: AnnounceBatch, isFirst: boolean): void {
    for (const announce of announces) {
      const made = this.#made.get(announceKey(announce));
      // What others than these viewers write is theirs.
      if (made === undefined) continue;
      const reason = isFirst ? 'untold' : made.cdnReason;
      this.#check(announce, 'reason', announce.cdnReason === reason);
      const { startupMs, failure } = announce;
      const isStart = startupMs === null || startupMs === made.startupMs;
      this.#check(announce, 'start-up', isStart);
      this.#check(announce, 'failure', failure === 'none' || failure === made.failure);
    }
  }

  #check(announce: Announce, what: string, isRight: boolean): void {
    if (!isRight) this.violate(`as told: ${what} of ${announceKey(announce)}`);
  }
}

/** Holds a tracker to one start and one failure of each session, as long as it remembers it. */
export class OneOfEach {
  readonly #told = new WeakMap<object, Map<'start-up' | 'failure', number>>();

  /** What of an announce another one told already; `session`: by what the tracker remembers it. */
  toldBefore(
    session: object,
    { number, startupMs, failure }: Pick<Announce, 'number' | 'startupMs' | 'failure'>,
  ): string | undefined {
    const told = this.#told.get(session) ?? new Map<'start-up' | 'failure', number>();
    this.#told.set(session, told);
    const has = { 'start-up': startupMs !== null, failure: failure !== 'none' };
    for (const what of ['start-up', 'failure'] as const) {
      if (!has[what]) continue;
      // It may be sent again.
      if ((told.get(what) ?? number) !== number) return what;
      told.set(what, number);
    }
    return undefined;
  }
}

/** Which facet of a tracker's sessions has more values than are to be told apart. */
export function unboundedFacet(sessions: Iterable<readonly FacetValue[]>): string | undefined {
  const networks = new Set<string>();
  for (const values of sessions) {
    for (const { facet, value } of values) {
      if (value === 'other' || value === 'unknown') continue;
      if (facet === 'label.plan' && !listedPlans.has(value)) return facet;
      if (facet === 'network') networks.add(value);
    }
  }
  return networks.size > networksMax ? 'network' : undefined;
}
