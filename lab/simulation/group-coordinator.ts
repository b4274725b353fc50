import type { GroupCommit } from '../../kafka/index.js';
import type { Random } from './random.js';
import type { VirtualClock } from './virtual-clock.js';

/** What the coordinator tells a member. */
export interface CoordinatedMember {
  assigned(generation: number, partitions: readonly number[]): void;
}

interface KnownMember {
  readonly member: CoordinatedMember;
  lastSeenMs: number;
  /** Has joined the rebalance that is under way. */
  isJoined: boolean;
}

export interface GroupCoordinatorOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly partitions: number;
  readonly sessionTimeoutMs: number;
  readonly onCommit: (commit: GroupCommit) => void;
}

const expiryCheckMs = 1_000;
/** Members that are seen but don't rejoin are left behind after this long. */
const rebalanceTimeoutMs = 30_000;
/** How many earlier commits of a partition it can fall back to. */
const historyMax = 200;

/** The coordinator of one group: members, generations, assignments, commits. */
export class GroupCoordinator {
  readonly #members = new Map<number, KnownMember>();
  readonly #commits = new Map<number, GroupCommit>();
  readonly #history = new Map<number, GroupCommit[]>();
  #generation = 0;
  #nextMemberId = 1;
  #isPreparing = false;
  #preparingSinceMs = 0;
  #isCompleting = false;
  #suspendedUntilMs = -Infinity;

  constructor(private readonly options: GroupCoordinatorOptions) {
    options.clock.every(expiryCheckMs, () => {
      this.#expire();
      return true;
    });
  }

  get members(): readonly CoordinatedMember[] {
    return [...this.#members.values()].map(({ member }) => member);
  }

  /** The member's id, which begins a rebalance; undefined while nobody is let in. */
  join(member: CoordinatedMember): number | undefined {
    if (this.options.clock.nowMs < this.#suspendedUntilMs) return undefined;
    const id = this.#nextMemberId;
    this.#nextMemberId += 1;
    this.#prepare();
    this.#members.set(id, { member, lastSeenMs: this.options.clock.nowMs, isJoined: true });
    this.#completeWhenAllJoined();
    return id;
  }

  leave(id: number): void {
    if (this.#members.delete(id)) this.rebalance();
  }

  isMember(id: number): boolean {
    return this.#members.has(id);
  }

  /** Everybody has to join again. */
  rebalance(): void {
    this.#prepare();
    this.#completeWhenAllJoined();
  }

  /** Sends everybody away and lets nobody in for a while. */
  suspend(durationMs: number): void {
    this.#members.clear();
    this.#suspendedUntilMs = this.options.clock.nowMs + durationMs;
  }

  heartbeat(id: number): 'stable' | 'rejoin' | 'unknown' {
    const known = this.#members.get(id);
    if (known === undefined) return 'unknown';
    known.lastSeenMs = this.options.clock.nowMs;
    return this.#isPreparing && !known.isJoined ? 'rejoin' : 'stable';
  }

  rejoin(id: number): boolean {
    const known = this.#members.get(id);
    if (known === undefined) return false;
    known.isJoined = true;
    known.lastSeenMs = this.options.clock.nowMs;
    this.#completeWhenAllJoined();
    return true;
  }

  /** False when the member's generation is over. */
  commit(id: number, generation: number, commit: GroupCommit): boolean {
    this.#remember(commit);
    if (!this.#members.has(id) || generation !== this.#generation) return false;
    this.#commits.set(commit.partition, commit);
    return true;
  }

  commits(): readonly GroupCommit[] {
    return [...this.#commits.values()];
  }

  /** All commits that were ever asked for, the oldest first, as far as they are remembered. */
  history(partition: number): readonly GroupCommit[] {
    return this.#history.get(partition) ?? [];
  }

  setCommit(commit: GroupCommit): void {
    this.#commits.set(commit.partition, commit);
  }

  wipeCommit(partition: number): void {
    this.#commits.delete(partition);
  }

  #prepare(): void {
    if (this.#isPreparing) return;
    this.#isPreparing = true;
    this.#preparingSinceMs = this.options.clock.nowMs;
    for (const known of this.#members.values()) known.isJoined = false;
  }

  #remember(commit: GroupCommit): void {
    const history = this.#history.get(commit.partition) ?? [];
    this.#history.set(commit.partition, history);
    history.push(commit);
    if (history.length > historyMax) history.shift();
    this.options.onCommit(commit);
  }

  #expire(): void {
    const { nowMs } = this.options.clock;
    for (const [id, known] of this.#members) {
      if (this.#isPreparing && known.isJoined) continue;
      const isGone = nowMs - known.lastSeenMs > this.options.sessionTimeoutMs;
      const isLeftBehind = this.#isPreparing && nowMs - this.#preparingSinceMs > rebalanceTimeoutMs;
      if (isGone || isLeftBehind) this.leave(id);
    }
  }

  #completeWhenAllJoined(): void {
    if (!this.#isPreparing || this.#isCompleting) return;
    if ([...this.#members.values()].some((known) => !known.isJoined)) return;
    this.#isCompleting = true;
    this.options.clock.after(this.options.random.between(20, 600), () => {
      this.#isCompleting = false;
      if (!this.#isPreparing) return;
      if ([...this.#members.values()].every((known) => known.isJoined)) this.#complete();
    });
  }

  #complete(): void {
    const { clock, random, partitions } = this.options;
    this.#isPreparing = false;
    this.#generation += 1;
    const generation = this.#generation;
    const members = random.shuffled([...this.#members.values()]);
    const assigned = members.map((): number[] => []);
    for (let partition = 0; partition < partitions; partition += 1) {
      assigned[partition % assigned.length]?.push(partition);
    }
    for (const [index, known] of members.entries()) {
      known.lastSeenMs = clock.nowMs;
      known.isJoined = false;
      known.member.assigned(generation, assigned[index] ?? []);
    }
  }
}
