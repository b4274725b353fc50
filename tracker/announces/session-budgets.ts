import type { Random } from '../../service/random.js';
import { LeftBudgets } from './left-budgets.js';
import { randomWeights, SessionBudget, type SessionRates, type Weights } from './session-budget.js';

interface Held {
  readonly budget: SessionBudget;
  holders: number;
}

interface Idle {
  readonly budget: SessionBudget;
  readonly sinceMs: number;
  /** That it left. */
  readonly address: string;
}

/**
 * Every session's budget, shared by all its connections and kept for one that is away. Memory: as
 * many as there are connections, and at most `idleMax` of those who left, the longest away going
 * first. A budget has some 250 bytes and 24 for each announce of the last minutes.
 *
 * A session that wasn't there takes over what one that left its address has used up: else who comes
 * again and again under new names could tell of a whole window each time.
 */
export class SessionBudgets {
  readonly #held = new Map<string, Held>();
  readonly #idle = new Map<string, Idle>();
  readonly #left: LeftBudgets;
  readonly #weights: Weights;

  constructor(
    private readonly rates: SessionRates,
    private readonly idleMax: number,
    random: Random,
  ) {
    this.#weights = randomWeights(random);
    this.#left = new LeftBudgets(idleMax);
  }

  get size(): number {
    return this.#held.size + this.#idle.size;
  }

  /** The budget of this session, to be released when its connection ends. */
  hold(session: string, address: string, nowMs: number): SessionBudget {
    const held = this.#held.get(session);
    if (held !== undefined) {
      held.holders += 1;
      return held.budget;
    }
    this.#forget(nowMs);
    const idle = this.#idle.get(session);
    if (idle !== undefined) this.#left.cameBack(idle.address, session);
    const budget = idle?.budget ?? this.#newBudget(address, nowMs);
    this.#idle.delete(session);
    this.#held.set(session, { budget, holders: 1 });
    return budget;
  }

  release(session: string, address: string, nowMs: number): void {
    const held = this.#held.get(session);
    if (held === undefined) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    this.#held.delete(session);
    this.#idle.set(session, { budget: held.budget, sinceMs: nowMs, address });
    this.#left.leave(address, session, held.budget.usedMs(nowMs), nowMs);
    this.#forget(nowMs);
  }

  #newBudget(address: string, nowMs: number): SessionBudget {
    const usedMs = this.#left.takeOver(address, nowMs);
    return new SessionBudget(this.rates, nowMs, usedMs, this.#weights);
  }

  /** Those that are as good as new by now, and the longest idle above the bound. */
  #forget(nowMs: number): void {
    for (const [session, { sinceMs }] of this.#idle) {
      if (nowMs - sinceMs <= this.rates.windowMs && this.#idle.size <= this.idleMax) break;
      this.#idle.delete(session);
    }
  }
}
