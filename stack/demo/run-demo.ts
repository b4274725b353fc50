import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  compareUntilEqual,
  readLedgerFiles,
  readPoints,
  viewersProcess,
  type ViewersProcess,
} from '../../bench/viewers/index.js';
import { exitCode, StartError } from '../../service/errors.js';
import { startStack, type Stack } from '../index.js';
import { compiledTree } from '../process/compiled-tree.js';
import { planKills, runKills } from './chaos.js';
import { figuresFromCells, figuresFromPoints } from './figures.js';
import { watchMinute } from './graphite-watch.js';
import { checkWritable, writeJsonFile } from './json-file.js';
import { minuteTable } from './minute-table.js';
import type { DemoOptions } from './options.js';
import { ownedPartitions } from './owned-partitions.js';
import {
  differenceLines,
  percentile,
  reportOf,
  type ChaosEvent,
  type MeasuredMinute,
} from './report.js';
import { createStream, demoStreams } from './streams.js';

export interface DemoOutput {
  /** What is being done, a line each. */
  say(line: string): void;
  /** What there is to see. */
  show(text: string): void;
}

const prefix = 'viblast';
const streamKeys = demoStreams.map(({ key }) => key);
/**
 * What may still come after a minute's end: a session time-out, a rebalance, and 20 s for minutes that
 * not all have closed; on a busy machine.
 */
const settleMsMax = 120_000;
const joinMsMax = 120_000;
const joinedShare = 0.9;
const verifiedExit = { yes: exitCode.ok, no: 1 } as const;
const interrupted = 130;

/** Times that fit the minute's length: the cluster's own for real minutes, shorter for short ones. */
function clusterTimes(intervalSeconds: number): Parameters<typeof startStack>[0] {
  return {
    intervalSeconds,
    lateSeconds: Math.max(60, 3 * intervalSeconds),
    graceSeconds: Math.max(10, intervalSeconds),
    takeoverSeconds: Math.max(15, intervalSeconds),
  };
}

/** With chaos one rollup has partials alone, one totals alone, and one takes over from both. */
async function startSystem(
  options: DemoOptions,
  output: DemoOutput,
  signal: AbortSignal,
): Promise<Stack> {
  const stack = await startStack({
    ...clusterTimes(options.intervalSeconds),
    brokers: 1,
    trackers: 2,
    rollups: options.chaos ? 0 : 2,
    ingests: 1,
    portal: true,
    streams: [],
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    progress: (line) => output.say(line),
    signal,
  });
  try {
    if (stack.portal === undefined) throw new Error('the stack has no portal');
    if (options.chaos) {
      await Promise.all([stack.addRollup('partials'), stack.addRollup('totals')]);
      await stack.addRollup();
    }
    output.say(`registering the streams ${streamKeys.join(', ')}`);
    for (const stream of demoStreams) await createStream(stack.portal, stream);
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

function startViewers(options: DemoOptions, stack: Stack): ViewersProcess {
  const isShort = options.intervalSeconds < 30;
  return viewersProcess({
    ws: stack.haproxy.ws,
    viewers: options.viewers,
    streams: demoStreams,
    seed: options.seed,
    ledgerFile: join(stack.folder, 'logs', `viewers-${Date.now()}.jsonl`),
    distFolder: compiledTree(),
    sessionSeconds: 4 * options.intervalSeconds,
    ...(isShort ? { announceIntervalSeconds: options.intervalSeconds / 3 } : {}),
  });
}

async function untilJoined(
  viewers: ViewersProcess,
  wanted: number,
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = Date.now() + joinMsMax;
  while ((viewers.status()?.connected ?? 0) < wanted * joinedShare) {
    if (Date.now() > deadlineMs) {
      throw new StartError(
        'viewers_missing',
        `only ${viewers.status()?.connected ?? 0} of ${wanted} viewers joined within ` +
          `${joinMsMax / 1_000} s: ${JSON.stringify(viewers.status()?.errors ?? {})}`,
        exitCode.unavailable,
      );
    }
    await wait(100, undefined, { signal });
  }
}

/** Measures minutes one after the other, shows each as soon as Graphite has it. */
class MinuteWatch {
  readonly measured: MeasuredMinute[] = [];
  readonly #watches: Promise<void>[] = [];

  constructor(
    private readonly stack: Stack,
    private readonly intervalMs: number,
    private readonly output: DemoOutput,
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves when the last minute has ended and every one was shown. */
  async run(firstMinute: number, minutes: number): Promise<void> {
    for (let minute = firstMinute; minute < firstMinute + minutes; minute += 1) {
      const startMs = minute * this.intervalMs;
      await wait(Math.max(0, startMs - Date.now()), undefined, { signal: this.signal });
      const watch = this.#watch(minute);
      // Awaited below; until then nobody else would hear of a rejection.
      watch.catch(() => undefined);
      this.#watches.push(watch);
      if (this.#watches.length > 10) await this.#watches.shift();
    }
    await Promise.all(this.#watches);
  }

  async #watch(minute: number): Promise<void> {
    const graphiteUrl = this.stack.graphite.render;
    const timeMs = minute * this.intervalMs;
    const delaysMs = await watchMinute(
      {
        graphiteUrl,
        prefix,
        streams: streamKeys,
        intervalMs: this.intervalMs,
        signal: this.signal,
      },
      minute,
      settleMsMax,
    );
    this.measured.push({ minute, timeMs, delaysMs });
    if (this.measured.length > 10_000) this.measured.shift();
    const timeS = timeMs / 1_000;
    const points = await readPoints(graphiteUrl, prefix, streamKeys, false, timeS, timeS);
    const figures = streamKeys.map((stream) => figuresFromPoints(points, prefix, stream, timeS));
    this.output.show(minuteTable(timeMs, figures, delaysMs));
  }
}

/** Compares everything, writes the file, and says the exit code. */
async function verify(
  options: DemoOptions,
  stack: Stack,
  viewers: ViewersProcess,
  measured: readonly MeasuredMinute[],
  chaos: readonly ChaosEvent[],
  output: DemoOutput,
  signal: AbortSignal,
): Promise<number> {
  output.say('the viewers stop and wait for their last acknowledgements');
  await viewers.stop();
  const ledger = await readLedgerFiles([viewers.ledgerFile]);
  const totals = ledger.totals();
  output.say(
    `the viewers sent ${totals.sent} announces: ${totals.acknowledged} acknowledged, ` +
      `${totals.refused} refused, ${totals.unknown} without an answer; ${totals.resent} resent`,
  );
  output.say('comparing the viewers’ record with ClickHouse and Graphite');
  let lastCount = 0;
  const intervalMs = options.intervalSeconds * 1_000;
  const comparison = await compareUntilEqual(
    {
      ledger,
      renditions: new Map(demoStreams.map(({ key, renditions }) => [key, renditions])),
      intervalMs,
      clickHouse: stack.clickhouse,
      graphiteUrl: stack.graphite.render,
      graphitePrefix: prefix,
      withTotal: true,
    },
    // The viewers' last minute has to end first.
    intervalMs + settleMsMax,
    signal,
    ({ count }) => {
      if (count !== lastCount) output.say(`${count} values to come: the last minute has to close`);
      lastCount = count;
    },
  );
  const { differences } = comparison;
  const ordered = measured.toSorted((a, b) => a.minute - b.minute);
  if (options.json !== undefined) {
    writeJsonFile(
      options.json,
      reportOf({
        measured: ordered,
        streamsOf: (minute) =>
          streamKeys.map((stream) => figuresFromCells(comparison.cells, stream, minute)),
        announces: totals,
        valuesCompared: comparison.values,
        differences,
        chaos,
      }),
    );
  }
  const delays = ordered.flatMap(({ delaysMs }) => [...delaysMs.values()]);
  output.show(
    `Graphite had a minute after ${percentile(delays, 0.5) ?? '-'} ms (median), ` +
      `${percentile(delays, 0.95) ?? '-'} ms (95 %)\n`,
  );
  if (differences.count === 0) {
    output.show(
      `verified: ${comparison.values} values of the viewers' record, ClickHouse and Graphite are equal\n`,
    );
    return verifiedExit.yes;
  }
  output.show(`${differenceLines(differences)}\n`);
  stack.keepLogs();
  return verifiedExit.no;
}

async function runWith(
  stack: Stack,
  options: DemoOptions,
  output: DemoOutput,
  signal: AbortSignal,
): Promise<number> {
  const intervalMs = options.intervalSeconds * 1_000;
  output.say(`starting ${options.viewers} viewers`);
  const viewers = startViewers(options, stack);
  try {
    await untilJoined(viewers, options.viewers, signal);
    const firstMinute = Math.floor(Date.now() / intervalMs) + 1;
    const minutes = options.minutes ?? Infinity;
    const { portal } = stack;
    if (portal !== undefined) {
      output.show(`\nportal: ${portal.url}  (token ${portal.token})\n`);
    }
    output.show(
      `the first full minute ends at ${new Date((firstMinute + 1) * intervalMs).toISOString()}\n\n`,
    );
    const watch = new MinuteWatch(stack, intervalMs, output, signal);
    const kills = chaosKills(options, stack, firstMinute * intervalMs, intervalMs, minutes);
    const chaos = runKills(kills, {
      say: (line) => output.say(line),
      now: () => Date.now(),
      ownedPartitions,
      announcesInFlight: () => viewers.status()?.waiting ?? 0,
      announcesResent: () => viewers.status()?.resent ?? 0,
      signal,
    });
    const ended = viewers.exited.then((code) => {
      throw new Error(`the viewers ended with code ${code}: see ${viewers.ledgerFile}`);
    });
    ended.catch(() => undefined);
    await Promise.race([Promise.all([watch.run(firstMinute, minutes), chaos]), ended]);
    return await verify(options, stack, viewers, watch.measured, await chaos, output, signal);
  } finally {
    viewers.kill();
    await viewers.exited;
  }
}

function chaosKills(
  options: DemoOptions,
  stack: Stack,
  firstMinuteMs: number,
  intervalMs: number,
  minutes: number,
): ReturnType<typeof planKills> {
  const [tracker] = stack.trackers;
  const [partialsOwner, totalsOwner] = stack.rollups;
  if (!options.chaos || !tracker || !partialsOwner || !totalsOwner) return [];
  return planKills({ tracker, partialsOwner, totalsOwner }, firstMinuteMs, intervalMs, minutes);
}

/**
 * Runs the demo to its end: the exit code. Everything that it started is ended when it resolves or
 * rejects, also when `signal` told it to stop.
 */
export async function runDemo(
  options: DemoOptions,
  output: DemoOutput,
  signal: AbortSignal,
): Promise<number> {
  if (options.json !== undefined) checkWritable(options.json);
  try {
    const stack = await startSystem(options, output, signal);
    try {
      return await runWith(stack, options, output, signal);
    } catch (error) {
      if (!signal.aborted) stack.keepLogs();
      throw error;
    } finally {
      output.say('stopping');
      await stack.stop();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    // Ctrl-C is how the demo ends, unless a result was asked for.
    return options.exit ? interrupted : exitCode.ok;
  }
}
