import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../../service/errors.js';
import type { LedgerTail } from './ledger-tail.js';
import { clickHouseCounts, graphiteHasMinute, type ProbedSinks } from './sink-probes.js';

const pollMs = 400;
/** What a minute waits for is told this often. */
const tellMs = 10_000;

/** Asks both sinks whether they have a minute of the viewers' streams. */
export class MinuteProbe {
  readonly #announcesInClickHouse: (minute: number) => Promise<number>;
  readonly #isInGraphite: (minute: number) => Promise<boolean>;

  constructor(
    sinks: ProbedSinks,
    private readonly tail: LedgerTail,
    streams: readonly string[],
    private readonly intervalMs: number,
    private readonly signal: AbortSignal,
    private readonly say: (line: string) => void,
  ) {
    this.#announcesInClickHouse = clickHouseCounts(sinks, streams, 'sum(announces)');
    this.#isInGraphite = graphiteHasMinute(sinks, streams, intervalMs);
  }

  /**
   * Resolves with the time (Unix ms) at which ClickHouse was seen to have every announce of the
   * minute that had been acknowledged, and Graphite every stream's viewers; undefined when not by
   * `deadlineMs`.
   */
  async untilWritten(minute: number, deadlineMs: number): Promise<number | undefined> {
    await wait(Math.max(0, (minute + 1) * this.intervalMs - Date.now()), undefined, {
      signal: this.signal,
    });
    let toldAtMs = Date.now();
    while (Date.now() < deadlineMs) {
      // A sink that is away or holds still doesn't have it yet.
      const missing = await this.#missing(minute).catch(messageOf);
      if (missing === undefined) return Date.now();
      if (Date.now() - toldAtMs >= tellMs) {
        toldAtMs = Date.now();
        this.say(`minute ${minute} isn't written yet: ${missing}`);
      }
      await wait(pollMs, undefined, { signal: this.signal });
    }
    return undefined;
  }

  async #missing(minute: number): Promise<string | undefined> {
    await this.tail.read();
    const acknowledged = this.tail.acknowledged.of(minute);
    if (acknowledged === 0) return 'nothing was acknowledged';
    const counted = await this.#announcesInClickHouse(minute);
    if (counted < acknowledged) return `ClickHouse counts ${counted} of ${acknowledged}`;
    return (await this.#isInGraphite(minute)) ? undefined : 'Graphite has no viewers of it';
  }
}
