import { hasPassed } from '../../service/has-passed.js';
import { bounds } from './limits.js';

interface Told {
  readonly atMs: number;
  /** When it is to be told again, if nothing changes. */
  againAtMs: number;
  /** Whom the others know of; empty where it isn't known what arrived. */
  peers: readonly string[];
}

/**
 * When each swarm of this tracker is to be told: soon when it changed or was asked for, and again
 * after a while. Holds what was told, and knows nothing of what is in a swarm.
 */
export class TellingPlan {
  readonly #told = new Map<string, Told>();
  readonly #soon = new Set<string>();
  /** Swarms to be told again, by the second; an entry may be out of date. */
  readonly #bySecond = new Map<number, string[]>();
  #lookedAtMs = -Infinity;

  /** Swarms that others know this tracker to have. */
  get toldCount(): number {
    return this.#told.size;
  }

  soon(swarm: string): void {
    this.#soon.add(swarm);
  }

  /** Somebody may not know of this swarm: it is told though it hasn't changed. */
  again(swarm: string): void {
    const told = this.#told.get(swarm);
    if (told !== undefined) told.againAtMs = -Infinity;
    this.#soon.add(swarm);
  }

  allAgain(): void {
    for (const swarm of this.#told.keys()) this.again(swarm);
  }

  /** The swarms to be looked at now; those that were told a moment ago stay for later. */
  take(nowMs: number): string[] {
    this.#moveDue(nowMs);
    const taken: string[] = [];
    for (const swarm of this.#soon) {
      const atMs = this.#told.get(swarm)?.atMs ?? -Infinity;
      if (!hasPassed(bounds.tellingIntervalMsMin, atMs, nowMs)) continue;
      this.#soon.delete(swarm);
      taken.push(swarm);
    }
    return taken;
  }

  /** Whom the others know of; undefined where they know nothing of the swarm. */
  toldPeers(swarm: string): readonly string[] | undefined {
    return this.#told.get(swarm)?.peers;
  }

  /** True: it is time to tell the swarm again, though it may not have changed. */
  isDue(swarm: string, nowMs: number): boolean {
    return nowMs >= (this.#told.get(swarm)?.againAtMs ?? -Infinity);
  }

  told(swarm: string, peers: readonly string[], nowMs: number, againAtMs: number): void {
    this.#told.set(swarm, { atMs: nowMs, againAtMs, peers });
    const second = Math.ceil(againAtMs / 1_000);
    const others = this.#bySecond.get(second);
    if (others === undefined) this.#bySecond.set(second, [swarm]);
    else others.push(swarm);
  }

  /** The others know that there's nobody any more. */
  toldEmpty(swarm: string): void {
    this.#told.delete(swarm);
  }

  /** What was told may not have arrived. */
  lost(swarm: string): void {
    this.#told.set(swarm, { atMs: -Infinity, againAtMs: -Infinity, peers: [] });
    this.#soon.add(swarm);
  }

  #moveDue(nowMs: number): void {
    // The clock was set back: what it had a time for would wait.
    if (nowMs < this.#lookedAtMs) this.allAgain();
    this.#lookedAtMs = nowMs;
    for (const [second, swarms] of this.#bySecond) {
      if (second * 1_000 > nowMs) continue;
      for (const swarm of swarms) {
        if (this.#told.has(swarm) && this.isDue(swarm, nowMs)) this.#soon.add(swarm);
      }
      this.#bySecond.delete(second);
    }
  }
}
