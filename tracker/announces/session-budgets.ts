import type { Random } from '../../service/random.js';
import { randomWeights, SessionBudget, type SessionRates, type Weights } from './session-budget.js';

interface Held {
  readonly budget: SessionBudget;
  holders: number;
}

interface Idle {
  readonly budget: SessionBudget;
  readonly sinceMs: number;
}

/** What sessions that left an address have used up, of each kind the most. */
interface Left {
  readonly usedMs: readonly number[];
  readonly atMs: number;
}

/**
 * Every session's budget, shared by all its connections and kept for one that is away. Memory: as
 * many as there are connections, and at most `idleMax` of those who left, the longest away going
 * first. A budget has some 250 bytes and 24 for each announce of the last minutes.
 *
 * A session that wasn't there begins with what those that left its address have used up: else who
 * comes again and again under new names could tell of a whole window each time.
 */
export class SessionBudgets {
  readonly #held = new Map<string, Held>();
  readonly #idle = new Map<string, Idle>();
  readonly #leftBehind = new Map<string, Left>();
  readonly #weights: Weights;

  constructor(
    private readonly rates: SessionRates,
    private readonly idleMax: number,
    random: Random,
  ) {
    this.#weights = randomWeights(random);
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
    const budget = this.#idle.get(session)?.budget ?? this.#newBudget(address, nowMs);
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
    this.#idle.set(session, { budget: held.budget, sinceMs: nowMs });
    this.#leave(address, held.budget.usedMs(nowMs), nowMs);
    this.#forget(nowMs);
  }

  #newBudget(address: string, nowMs: number): SessionBudget {
    return new SessionBudget(this.rates, nowMs, this.#stillUsedMs(address, nowMs), this.#weights);
  }

  #leave(address: string, usedMs: readonly number[], nowMs: number): void {
    const before = this.#stillUsedMs(address, nowMs);
    this.#leftBehind.delete(address);
    const mostMs = usedMs.map((ms, kind) => Math.max(ms, before[kind] ?? 0));
    this.#leftBehind.set(address, { usedMs: mostMs, atMs: nowMs });
  }

  /** What is left of it after the time that has passed. */
  #stillUsedMs(address: string, nowMs: number): readonly number[] {
    const left = this.#leftBehind.get(address);
    if (left === undefined) return [];
    const passedMs = Math.max(0, nowMs - left.atMs);
    return left.usedMs.map((ms) => Math.max(0, ms - passedMs));
  }

  /** Those that are as good as new by now, and the longest idle above the bound. */
  #forget(nowMs: number): void {
    for (const [session, { sinceMs }] of this.#idle) {
      if (nowMs - sinceMs <= this.rates.windowMs && this.#idle.size <= this.idleMax) break;
      this.#idle.delete(session);
    }
    for (const [address, { atMs }] of this.#leftBehind) {
      if (nowMs - atMs <= this.rates.windowMs && this.#leftBehind.size <= this.idleMax) break;
      this.#leftBehind.delete(address);
    }
  }
}
