import { setTimeout as wait } from 'node:timers/promises';
import { metricBase, renderClient, type Render } from '../../graphite/index.js';
import { messageOf } from '../../service/errors.js';
import type { LedgerTail } from './ledger-tail.js';

const pollMs = 400;
const answerMsMax = 4_000;
/** What a minute waits for is told this often. */
const tellMs = 10_000;
export const graphitePrefix = 'viblast';

/** Where the sinks are. */
export interface ProbedSinks {
  readonly clickhouse: { readonly url: string; readonly database: string };
  readonly graphite: { readonly render: string };
}

/** Asks both sinks whether they have a minute of the viewers' streams. */
export class MinuteProbe {
  readonly #render: Render;

  constructor(
    private readonly sinks: ProbedSinks,
    private readonly tail: LedgerTail,
    private readonly streams: readonly string[],
    private readonly intervalMs: number,
    private readonly signal: AbortSignal,
    private readonly say: (line: string) => void,
  ) {
    this.#render = renderClient({ url: sinks.graphite.render, timeoutMs: answerMsMax }).render;
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

  async #announcesInClickHouse(minute: number): Promise<number> {
    const { url, database } = this.sinks.clickhouse;
    const names = this.streams.map((stream) => `'${stream}'`).join(', ');
    const response = await fetch(`${url}/?database=${database}`, {
      method: 'POST',
      body:
        `SELECT sum(announces) FROM stream_minutes FINAL ` +
        `WHERE stream IN (${names}) AND minute = ${minute} FORMAT TabSeparated`,
      signal: AbortSignal.timeout(answerMsMax),
    });
    const text = await response.text();
    return response.ok ? Number(text) : 0;
  }

  async #isInGraphite(minute: number): Promise<boolean> {
    const fromMs = minute * this.intervalMs;
    const targets = this.streams.map((stream) => `${metricBase(graphitePrefix, stream)}.viewers`);
    const series = await this.#render({ targets, fromMs, untilMs: fromMs + this.intervalMs });
    return targets.every((target) =>
      series.some(({ name, points }) => name === target && points.has(fromMs)),
    );
  }
}
