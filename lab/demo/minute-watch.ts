import { setTimeout as wait } from 'node:timers/promises';
import { renderClient, type Render } from '../../graphite/index.js';
import { readPoints, streamTargets } from '../oracle/index.js';
import type { Stack } from '../stack/index.js';
import { figuresFromPoints } from './figures.js';
import { watchMinute } from './graphite-watch.js';
import { minuteTable } from './minute-table.js';
import type { DemoOutput } from './output.js';
import type { MeasuredMinute } from './report.js';
import { streamKeys } from './streams.js';
import { graphitePrefix, settleMsMax } from './system.js';

/** Kept for the report; a demo without an end keeps the latest. */
const measuredMax = 10_000;
/** Minutes that wait for Graphite at a time: more than ever fit into the wait for one. */
const watchesMax = 100;
const timeoutMs = 30_000;

/** Measures minutes one after the other, shows each as soon as Graphite has it. */
export class MinuteWatch {
  readonly measured: MeasuredMinute[] = [];
  readonly #watches: Promise<void>[] = [];
  readonly #render: Render;

  constructor(
    stack: Stack,
    private readonly intervalMs: number,
    private readonly output: DemoOutput,
    private readonly signal: AbortSignal,
  ) {
    const url = stack.graphite.render;
    this.#render = renderClient({ url, timeoutMs, requestsMax: watchesMax }).render;
  }

  /** Resolves when the last minute has ended and every one was shown. */
  async run(firstMinute: number, minutes: number): Promise<void> {
    for (let minute = firstMinute; minute < firstMinute + minutes; minute += 1) {
      const startMs = minute * this.intervalMs;
      await wait(Math.max(0, startMs - Date.now()), undefined, { signal: this.signal });
      const watch = this.#watch(minute);
      // Awaited below; until then nobody else would hear of a rejection.
      watch.catch(() => undefined);
      this.#watches.push(watch);
      if (this.#watches.length > watchesMax) await this.#watches.shift();
    }
    await Promise.all(this.#watches);
  }

  async #watch(minute: number): Promise<void> {
    const timeMs = minute * this.intervalMs;
    const delaysMs = await watchMinute(
      {
        render: this.#render,
        prefix: graphitePrefix,
        streams: streamKeys,
        intervalMs: this.intervalMs,
        signal: this.signal,
      },
      minute,
      settleMsMax,
    );
    this.measured.push({ minute, timeMs, delaysMs });
    if (this.measured.length > measuredMax) this.measured.shift();
    const untilMs = timeMs + this.intervalMs;
    const points = await readPoints(
      this.#render,
      streamTargets(graphitePrefix, streamKeys, false),
      timeMs,
      untilMs,
    );
    const figures = streamKeys.map((stream) =>
      figuresFromPoints(points, graphitePrefix, stream, timeMs),
    );
    this.output.show(minuteTable(timeMs, figures, delaysMs));
  }
}
