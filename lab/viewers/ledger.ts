import type { RefusalReason } from '../../protocol/index.js';
import { minuteEndMs, minuteOf, type Browser, type MinuteTimes } from '../../schemas/index.js';
import type { ViewerAnnounce } from './announce-queue.js';
import type { SessionFacts } from './session-facts.js';

/**
 * A viewers process writes down, itself and alone, every announce before it is sent and every
 * answer: the truth that all the rest is compared with. One JSON object a line; times are the
 * process's own clock, Unix ms.
 */
export type LedgerEntry =
  | {
      readonly kind: 'began';
      readonly at: number;
      readonly stream: string;
      readonly session: string;
      readonly facts: SessionFacts;
    }
  | (Placing & {
      readonly kind: 'placed';
      readonly at: number;
      readonly stream: string;
      readonly session: string;
    })
  | {
      readonly kind: 'sent';
      readonly at: number;
      readonly stream: string;
      readonly session: string;
      readonly browser: Browser;
      readonly announce: ViewerAnnounce;
      /** Viewers of an earlier version wrote none down. */
      readonly standing?: ToldStanding;
    }
  | (Answer<'resent'> & { readonly standing?: ToldStanding })
  | Answer<'acknowledged'>
  | (Answer<'refused'> & { readonly reason: RefusalReason });

/** What a tracker's `welcome` or `policy` told a viewer. */
export interface Placing {
  /** False: there are no peers for it, by the stream's policy. */
  readonly mayMeet: boolean;
}

/** What a message of announces told of the viewer's peers, and what it knew of them. */
export interface ToldStanding extends Placing {
  readonly peersWanted: number;
  /** How many it named. */
  readonly connectedPeers: number;
}

/** Once that an announce went over a socket. */
export interface Sending {
  readonly atMs: number;
  /** Undefined: its viewers write down none. */
  readonly standing: ToldStanding | undefined;
}

interface Answer<Kind> {
  readonly kind: Kind;
  readonly at: number;
  readonly stream: string;
  readonly session: string;
  readonly numbers: readonly number[];
}

interface Refusal {
  readonly atMs: number;
  readonly reason: RefusalReason;
}

/** What the ledgers know of one announce. */
export interface LedgerAnnounce {
  readonly stream: string;
  readonly session: string;
  readonly browser: Browser;
  /** Undefined: its viewers write down none. */
  readonly facts: SessionFacts | undefined;
  readonly firstSentAtMs: number;
  readonly announce: ViewerAnnounce;
  acknowledgedAtMs?: number;
  /** `unknown`: sent, never answered. */
  outcome: 'unknown' | 'acknowledged' | 'refused';
  refusal?: Refusal;
  resends: number;
  /** All of them, in order. */
  readonly sendings: Sending[];
}

export interface LedgerTotals {
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  /** How many times an announce was sent again. */
  readonly resent: number;
}

/** Names an announce in the whole system. */
export function announceKey(stream: string, session: string, number: number): string {
  return `${stream} ${session} ${number}`;
}

/** Everything that ledgers hold, by announce. */
export class Ledger {
  readonly announces = new Map<string, LedgerAnnounce>();
  /** By stream and session: where trackers placed it, in order. */
  readonly placings = new Map<string, (Placing & { readonly atMs: number })[]>();
  readonly #facts = new Map<string, SessionFacts>();
  /** Keys of announces that were answered and never sent: a tracker's defect. */
  readonly strayAnswers: string[] = [];

  add(entry: LedgerEntry): void {
    if (entry.kind === 'began') {
      this.#facts.set(`${entry.stream} ${entry.session}`, entry.facts);
      return;
    }
    if (entry.kind === 'placed') {
      const { stream, session, mayMeet, at: atMs } = entry;
      const key = `${stream} ${session}`;
      const placings = this.placings.get(key) ?? [];
      placings.push({ atMs, mayMeet });
      this.placings.set(key, placings);
      return;
    }
    if (entry.kind === 'sent') {
      const { stream, session, browser, announce, standing, at } = entry;
      const key = announceKey(stream, session, announce.number);
      if (this.announces.has(key)) throw new Error(`ledger: ${key} was first sent twice`);
      this.announces.set(key, {
        stream,
        session,
        browser,
        facts: this.#facts.get(`${stream} ${session}`),
        announce,
        firstSentAtMs: at,
        outcome: 'unknown',
        resends: 0,
        sendings: [{ atMs: at, standing }],
      });
      return;
    }
    for (const number of entry.numbers) {
      const key = announceKey(entry.stream, entry.session, number);
      const known = this.announces.get(key);
      if (known === undefined) this.strayAnswers.push(key);
      else if (entry.kind === 'resent') {
        known.resends += 1;
        known.sendings.push({ atMs: entry.at, standing: entry.standing });
      }
      // An acknowledgement is the strongest that can be known.
      else if (known.outcome !== 'acknowledged') {
        known.outcome = entry.kind;
        if (entry.kind === 'acknowledged') known.acknowledgedAtMs = entry.at;
        else known.refusal = { atMs: entry.at, reason: entry.reason };
      }
    }
  }

  /**
   * How many were refused as too old or late and were so, by the viewers' own clock: a starved
   * machine does that to anyone.
   */
  rightlyLate({ intervalMs, lateMs, graceMs }: MinuteTimes): number {
    return [...this.announces.values()].filter(({ outcome, refusal, announce: { time } }) => {
      if (outcome !== 'refused' || refusal === undefined) return false;
      const { atMs, reason } = refusal;
      if (reason === 'too_old') return atMs - time > lateMs - graceMs;
      const lateFromMs = minuteEndMs(minuteOf(time, intervalMs), intervalMs) + lateMs;
      return reason === 'late' && atMs > lateFromMs;
    }).length;
  }

  totals(): LedgerTotals {
    const all = [...this.announces.values()];
    const count = (outcome: LedgerAnnounce['outcome']): number =>
      all.filter((announce) => announce.outcome === outcome).length;
    return {
      sent: all.length,
      acknowledged: count('acknowledged'),
      refused: count('refused'),
      unknown: count('unknown'),
      resent: all.reduce((sum, announce) => sum + announce.resends, 0),
    };
  }
}

/** Reads ledgers' texts, each the whole file of one process. */
export function readLedgers(texts: readonly string[]): Ledger {
  const ledger = new Ledger();
  for (const text of texts) {
    // Whatever follows the last line end was cut off in the middle of a write.
    for (const line of text.split('\n').slice(0, -1)) {
      ledger.add(JSON.parse(line) as LedgerEntry);
    }
  }
  return ledger;
}
