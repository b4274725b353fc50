import type { Ledger, LedgerAnnounce, Placing } from '../viewers/ledger.js';

/** A time in which a session was surely there for others to fetch from. */
interface Stay {
  readonly session: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

type TimedPlacing = Placing & { readonly atMs: number };

/**
 * Who was surely in a stream when, by the viewers' ledger. In it are only those who were at one
 * tracker without a break: all they announced was acknowledged at its first try, each before the
 * next but one went out, and nobody placed them anew in between.
 */
export class Presence {
  readonly #stays = new Map<string, Stay[]>();

  /**
   * `toleranceMs`: how long it may take until all trackers have heard of who has come, and until
   * one that has just started has heard of the others.
   */
  constructor(
    private readonly ledger: Ledger,
    private readonly toleranceMs: number,
  ) {
    for (const announces of sessionsOf(ledger).values()) this.#addStays(announces);
  }

  /**
   * Whether somebody else was surely there for a session that sent something then (Unix ms), and
   * its tracker has to know.
   */
  hasOthers(stream: string, session: string, atMs: number): boolean {
    const placing = placingAt(this.ledger.placings.get(`${stream} ${session}`), atMs);
    if (placing === undefined || placing.atMs > atMs - this.toleranceMs) return false;
    return (this.#stays.get(stream) ?? []).some(
      (stay) =>
        stay.session !== session && stay.fromMs + this.toleranceMs <= atMs && atMs <= stay.untilMs,
    );
  }

  #addStays(announces: readonly LedgerAnnounce[]): void {
    const [first] = announces;
    if (first === undefined) return;
    const { stream, session } = first;
    const placings = this.ledger.placings.get(`${stream} ${session}`);
    const stays = this.#stays.get(stream) ?? [];
    this.#stays.set(stream, stays);
    let before: TimedPlacing | undefined;
    for (const [index, announce] of announces.entries()) {
      const { firstSentAtMs: atMs } = announce;
      const placing = placingAt(placings, atMs);
      const isThere = placing?.mayMeet === true && isPrompt(announce, announces[index + 2]);
      const last = stays.at(-1);
      if (isThere && placing === before && last !== undefined) {
        stays[stays.length - 1] = { ...last, untilMs: atMs };
      } else if (isThere) stays.push({ session, fromMs: atMs, untilMs: atMs });
      before = isThere ? placing : undefined;
    }
  }
}

/** Acknowledgements go with the answer to the next announce. */
function isPrompt(announce: LedgerAnnounce, nextButOne: LedgerAnnounce | undefined): boolean {
  const { outcome, resends, acknowledgedAtMs = Infinity } = announce;
  const dueMs = nextButOne?.firstSentAtMs ?? -Infinity;
  return outcome === 'acknowledged' && resends === 0 && acknowledgedAtMs <= dueMs;
}

function placingAt(
  placings: readonly TimedPlacing[] | undefined,
  atMs: number,
): TimedPlacing | undefined {
  return placings?.findLast((placing) => placing.atMs <= atMs);
}

/** The announces of each session, in the order in which they were sent first. */
function sessionsOf(ledger: Ledger): ReadonlyMap<string, LedgerAnnounce[]> {
  const sessions = new Map<string, LedgerAnnounce[]>();
  for (const announce of ledger.announces.values()) {
    const key = `${announce.stream} ${announce.session}`;
    const announces = sessions.get(key) ?? [];
    announces.push(announce);
    sessions.set(key, announces);
  }
  return sessions;
}
