import { createReadStream } from 'node:fs';
import type { LedgerEntry } from '../viewers/index.js';

const newline = 10;

/**
 * Counts, from a ledger that is being written, how many announces of each minute were acknowledged.
 */
export class AcknowledgedByMinute {
  /** Times of announces without an answer, by session and number. */
  readonly #waiting = new Map<string, number>();
  readonly #byMinute = new Map<number, number>();

  constructor(private readonly intervalMs: number) {}

  add(entry: LedgerEntry): void {
    if (entry.kind === 'sent') {
      this.#waiting.set(`${entry.session} ${entry.announce.number}`, entry.announce.time);
      return;
    }
    if (entry.kind !== 'acknowledged' && entry.kind !== 'refused') return;
    for (const number of entry.numbers) {
      const key = `${entry.session} ${number}`;
      const time = this.#waiting.get(key);
      // A second answer to the same announce counts nothing.
      if (time === undefined || !this.#waiting.delete(key)) continue;
      if (entry.kind === 'refused') continue;
      const minute = Math.floor(time / this.intervalMs);
      this.#byMinute.set(minute, this.of(minute) + 1);
    }
  }

  of(minute: number): number {
    return this.#byMinute.get(minute) ?? 0;
  }
}

/** Follows a ledger's file. */
export class LedgerTail {
  readonly acknowledged: AcknowledgedByMinute;
  #offset = 0;
  #rest = Buffer.alloc(0);
  #reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    intervalMs: number,
  ) {
    this.acknowledged = new AcknowledgedByMinute(intervalMs);
  }

  /** Takes in what was written since; one at a time. */
  read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readOn());
    return this.#reading;
  }

  async #readOn(): Promise<void> {
    for await (const chunk of createReadStream(this.path, { start: this.#offset })) {
      const bytes = chunk as Buffer;
      this.#offset += bytes.length;
      const whole = Buffer.concat([this.#rest, bytes]);
      const end = whole.lastIndexOf(newline) + 1;
      this.#rest = whole.subarray(end);
      for (const line of whole.toString('utf8', 0, end).split('\n')) {
        if (line !== '') this.acknowledged.add(JSON.parse(line) as LedgerEntry);
      }
    }
  }
}
