import { closeSync, openSync, writeSync } from 'node:fs';
import type { RefusalReason } from '../../protocol/index.js';
import type { Browser } from '../../schemas/index.js';
import type { ViewerAnnounce } from './announce-queue.js';
import type { LedgerEntry, Placing, ToldStanding } from './ledger.js';
import type { SessionFacts } from './session-facts.js';

/** Where a session writes its truth down. */
export interface LedgerWriter {
  began(stream: string, session: string, facts: SessionFacts): void;
  placed(stream: string, session: string, placing: Placing): void;
  sent(
    stream: string,
    session: string,
    browser: Browser,
    announce: ViewerAnnounce,
    standing: ToldStanding,
  ): void;
  resent(stream: string, session: string, numbers: readonly number[], standing: ToldStanding): void;
  acknowledged(stream: string, session: string, numbers: readonly number[]): void;
  refused(stream: string, session: string, numbers: readonly number[], reason: RefusalReason): void;
}

/**
 * A ledger in a file of its own. Each line is with the operating system when the call returns, so
 * nothing goes over a socket that the file doesn't have, even when the process is killed right
 * after. Throws when the file exists: a ledger is one process's.
 */
export class LedgerFile implements LedgerWriter {
  readonly #file: number;

  constructor(
    path: string,
    private readonly now: () => number,
  ) {
    this.#file = openSync(path, 'wx');
  }

  began(stream: string, session: string, facts: SessionFacts): void {
    this.#append({ kind: 'began', at: this.now(), stream, session, facts });
  }

  placed(stream: string, session: string, { mayMeet }: Placing): void {
    this.#append({ kind: 'placed', at: this.now(), stream, session, mayMeet });
  }

  sent(
    stream: string,
    session: string,
    browser: Browser,
    announce: ViewerAnnounce,
    standing: ToldStanding,
  ): void {
    this.#append({ kind: 'sent', at: this.now(), stream, session, browser, announce, standing });
  }

  resent(
    stream: string,
    session: string,
    numbers: readonly number[],
    standing: ToldStanding,
  ): void {
    if (numbers.length > 0) {
      this.#append({ kind: 'resent', at: this.now(), stream, session, numbers, standing });
    }
  }

  acknowledged(stream: string, session: string, numbers: readonly number[]): void {
    if (numbers.length > 0) {
      this.#append({ kind: 'acknowledged', at: this.now(), stream, session, numbers });
    }
  }

  refused(
    stream: string,
    session: string,
    numbers: readonly number[],
    reason: RefusalReason,
  ): void {
    if (numbers.length > 0) {
      this.#append({ kind: 'refused', at: this.now(), stream, session, numbers, reason });
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #append(entry: LedgerEntry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }
}
