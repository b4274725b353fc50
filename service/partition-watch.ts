import { hasPassed } from './has-passed.js';

/** A partition that makes no progress. */
export interface Standing {
  /** As `<group or topic>/<number>`. */
  readonly partition: string;
  readonly standsMs: number;
  readonly reason: string;
}

interface Concern {
  readonly sinceMs: number;
  /** Over once this offset is passed; −1: at the next success. */
  readonly offset: number;
  readonly reason: string;
  readonly toldAtMs: number;
  /** True: the partition was gone since it was told. */
  readonly isCarried: boolean;
}

/** Without progress for this long a partition stands still. */
const standsAfterMs = 60_000;
/** A partition that was gone for no longer had a rebalance: what it waits for counts on. */
const goneMsMax = 30_000;
/** Whoever has it again tells within this time what still keeps it. */
const carriedMsMax = 60_000;

/**
 * What keeps the partitions of a process from making progress, and since when. What is done for a
 * partition is one of several concerns (reading, sending, …): each is begun, and well once it went
 * well. It outlives a reader, which begins again from its commit when it fails.
 */
export class PartitionWatch {
  readonly #partitions = new Map<string, Map<string, Concern>>();
  /** Since when those are gone that may come back. */
  readonly #goneSinceMs = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  /**
   * Something is to be done, or failed: why, in words for an operator. The first time counts until
   * it went well. `offset`: of the record at which it failed.
   */
  waits(partition: string, concern: string, reason: string, offset = -1): void {
    let concerns = this.#partitions.get(partition);
    if (concerns === undefined) {
      concerns = new Map<string, Concern>();
      this.#partitions.set(partition, concerns);
    }
    const before = concerns.get(concern);
    const sinceMs = before?.sinceMs ?? this.now();
    concerns.set(concern, {
      sinceMs,
      toldAtMs: this.now(),
      reason,
      offset: Math.max(offset, before?.offset ?? -1),
      isCarried: false,
    });
  }

  /** It went well; of reading: up to this offset. */
  wentWell(partition: string, concern: string, offset = Infinity): void {
    const concerns = this.#partitions.get(partition);
    const before = concerns?.get(concern);
    if (before !== undefined && offset >= before.offset) concerns?.delete(concern);
  }

  /**
   * The partitions of now. Of others nothing is told, and what they wait for is forgotten unless
   * they are back soon, as after a rebalance: with many of these nothing would ever stand still.
   */
  keep(partitions: readonly string[]): void {
    const nowMs = this.now();
    const kept = new Set(partitions);
    for (const [partition, concerns] of this.#partitions) {
      if (kept.has(partition)) {
        if (this.#goneSinceMs.delete(partition)) carry(concerns);
        forgetUntold(concerns, nowMs);
        continue;
      }
      const sinceMs = this.#goneSinceMs.get(partition) ?? nowMs;
      this.#goneSinceMs.set(partition, sinceMs);
      if (!hasPassed(goneMsMax, sinceMs, nowMs)) continue;
      this.#partitions.delete(partition);
      this.#goneSinceMs.delete(partition);
    }
  }

  /** The partitions that have stood still for a minute or more, the longest first. */
  standing(): Standing[] {
    const nowMs = this.now();
    const standing: Standing[] = [];
    for (const [partition, concerns] of this.#partitions) {
      if (this.#goneSinceMs.has(partition)) continue;
      const oldest = [...concerns.values()].sort((one, two) => one.sinceMs - two.sinceMs)[0];
      if (oldest === undefined || nowMs - oldest.sinceMs < standsAfterMs) continue;
      standing.push({ partition, standsMs: nowMs - oldest.sinceMs, reason: oldest.reason });
    }
    return standing.sort((one, two) => two.standsMs - one.standsMs);
  }
}

function carry(concerns: Map<string, Concern>): void {
  for (const [name, concern] of concerns) concerns.set(name, { ...concern, isCarried: true });
}

/** What another owner has settled meanwhile nobody may ever say of here. */
function forgetUntold(concerns: Map<string, Concern>, nowMs: number): void {
  for (const [name, { isCarried, toldAtMs }] of concerns) {
    if (isCarried && hasPassed(carriedMsMax, toldAtMs, nowMs)) concerns.delete(name);
  }
}

/** One line that names them; undefined when none stands still. */
export function standingText(standing: readonly Standing[]): string | undefined {
  if (standing.length === 0) return undefined;
  return standing
    .map(
      ({ partition, standsMs, reason }) =>
        `${partition} stands still for ${Math.floor(standsMs / 1_000)} s: ${reason}`,
    )
    .join('; ');
}

/** Partitions that a member's state names at most. */
const namedMax = 8;

const standingState = 'stands still';

/** True: a member with this state has partitions that make no progress. */
export function standsStill(state: string): boolean {
  return state.startsWith(standingState);
}

/** What a member tells of itself: `up`, or which of its partitions stand still. */
export function memberState(standing: readonly Standing[]): string {
  if (standing.length === 0) return 'up';
  const named = standing.slice(0, namedMax).map(({ partition }) => partition);
  const more = standing.length > namedMax ? ` and ${standing.length - namedMax} more` : '';
  return `${standingState}: ${named.join(', ')}${more}`;
}
