import { memberGoneAfterMs } from './member-fold.js';

/** Instances of one name that are remembered. */
const instancesMax = 100;

/**
 * Which of two live nodes of one name must go, decided by each of them from the log alone, so that
 * both come to the same: the one that began while the other was live. A node that was silent for so
 * long that it counted as gone has lost its name to who began meanwhile. Times are LogAppendTimes
 * of heartbeats under the node's own name.
 */
export class NameContest {
  #ownFirstMs: number | undefined;
  #ownLastMs: number | undefined;
  readonly #lastBeforeOursMs = new Map<string, number>();
  readonly #successors = new Set<string>();
  readonly #newcomers = new Set<string>();

  constructor(private readonly ownInstance: string) {}

  /** Reads the next heartbeat of the name; says whether the node itself must go. */
  read(instance: string, seenAtMs: number): 'keep' | 'go' {
    if (instance === this.ownInstance) {
      this.#ownFirstMs ??= seenAtMs;
      this.#ownLastMs = seenAtMs;
      return 'keep';
    }
    if (this.#ownFirstMs === undefined || this.#ownLastMs === undefined) {
      if (this.#lastBeforeOursMs.size >= instancesMax) this.#lastBeforeOursMs.clear();
      this.#lastBeforeOursMs.set(instance, seenAtMs);
      return 'keep';
    }
    const lastBeforeOursMs = this.#lastBeforeOursMs.get(instance);
    if (lastBeforeOursMs !== undefined) {
      return this.#ownFirstMs - lastBeforeOursMs < memberGoneAfterMs ? 'go' : 'keep';
    }
    if (!this.#successors.has(instance) && !this.#newcomers.has(instance)) {
      const isSuccessor = seenAtMs - this.#ownLastMs >= memberGoneAfterMs;
      const known = isSuccessor ? this.#successors : this.#newcomers;
      if (known.size >= instancesMax) known.clear();
      known.add(instance);
    }
    return this.#successors.has(instance) ? 'go' : 'keep';
  }
}
