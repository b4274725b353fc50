import type { Member } from '../schemas/index.js';

/** A node that sent no heartbeat for this long is gone. */
export const memberGoneAfterMs = 30_000;

/** Nodes held, gone ones included. */
const membersMax = 10_000;

/** A node as its latest heartbeat tells. `seenAtMs`: that heartbeat's LogAppendTime. */
export interface SeenMember {
  readonly member: Member;
  readonly seenAtMs: number;
  /** True: it is of an earlier version, which reads no newer schema than that it writes. */
  readonly isOlder?: boolean;
}

/** The `members` log, folded: the latest heartbeat by node name. */
export class MemberFold {
  readonly #members = new Map<string, SeenMember>();

  /** Applies the next record; `member` undefined is a node that said goodbye. */
  apply(name: string, member: Member | undefined, seenAtMs: number, isOlder = false): void {
    this.#members.delete(name);
    if (member === undefined) return;
    this.#members.set(name, { member, seenAtMs, isOlder });
    if (this.#members.size > membersMax) this.#dropOldest();
  }

  /** The node's latest heartbeat, however old. */
  latest(name: string): SeenMember | undefined {
    return this.#members.get(name);
  }

  /** Nodes with a heartbeat that is younger than 30 s on the brokers' clock, by name. */
  live(nowMs: number): SeenMember[] {
    return this.#seen(({ seenAtMs }) => nowMs - seenAtMs < memberGoneAfterMs);
  }

  /** Nodes that fell silent without a goodbye, and did so at most `withinMs` ago, by name. */
  gone(nowMs: number, withinMs: number): SeenMember[] {
    return this.#seen(({ seenAtMs }) => {
      const silentMs = nowMs - seenAtMs;
      return silentMs >= memberGoneAfterMs && silentMs < withinMs;
    });
  }

  #seen(isMeant: (seen: SeenMember) => boolean): SeenMember[] {
    return [...this.#members.values()]
      .filter(isMeant)
      .sort((left, right) => (left.member.name < right.member.name ? -1 : 1));
  }

  #dropOldest(): void {
    // Each heartbeat moves its node to the map's end, so the first is the one longest silent.
    for (const name of this.#members.keys()) {
      this.#members.delete(name);
      return;
    }
  }
}
