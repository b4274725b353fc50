import { SessionBudget, type SessionRates } from './session-budget.js';

interface Held {
  readonly budget: SessionBudget;
  holders: number;
}

interface Idle {
  readonly budget: SessionBudget;
  readonly sinceMs: number;
}

/**
 * Every session's budget, shared by all its connections and kept for one that is away. Memory: as
 * many as there are connections, and at most `idleMax` of those who left, the longest away going
 * first. A budget has some 400 bytes and 150 for each announce of the last minutes.
 */
export class SessionBudgets {
  readonly #held = new Map<string, Held>();
  readonly #idle = new Map<string, Idle>();

  constructor(
    private readonly rates: SessionRates,
    private readonly idleMax: number,
  ) {}

  get size(): number {
    return this.#held.size + this.#idle.size;
  }

  /** The budget of this session, to be released when its connection ends. */
  hold(session: string, nowMs: number): SessionBudget {
    const held = this.#held.get(session);
    if (held !== undefined) {
      held.holders += 1;
      return held.budget;
    }
    this.#forget(nowMs);
    const budget = this.#idle.get(session)?.budget ?? new SessionBudget(this.rates, nowMs);
    this.#idle.delete(session);
    this.#held.set(session, { budget, holders: 1 });
    return budget;
  }

  release(session: string, nowMs: number): void {
    const held = this.#held.get(session);
    if (held === undefined) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    this.#held.delete(session);
    this.#idle.set(session, { budget: held.budget, sinceMs: nowMs });
    this.#forget(nowMs);
  }

  /** Those that are as good as new by now, and the longest idle above the bound. */
  #forget(nowMs: number): void {
    for (const [session, { sinceMs }] of this.#idle) {
      if (nowMs - sinceMs <= this.rates.windowMs && this.#idle.size <= this.idleMax) break;
      this.#idle.delete(session);
    }
  }
}
