import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { viewersProcess, type ViewersProcess } from '../viewers/index.js';
import { exitCode, StartError } from '../../service/errors.js';
import { compiledTree, ownedPartitions, type Stack } from '../stack/index.js';
import { planKills, runKills } from './chaos.js';
import { checkWritable } from './json-file.js';
import { MinuteWatch } from './minute-watch.js';
import type { DemoOptions } from './options.js';
import type { DemoOutput } from './output.js';
import { demoStreams } from './streams.js';
import { startSystem } from './system.js';
import { verify } from './verify.js';

const joinMsMax = 120_000;
const joinedShare = 0.9;
const interrupted = 130;
/** Seeders, as many previews and as many rehearsals. */
const otherRolesShare = 0.02;

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
    otherRolesShare,
    ownAddresses: true,
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
      output.show(`\nportal: ${portal.url}/#token=${portal.token}\n`);
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
      wait: (durationMs) => wait(durationMs, undefined, { signal }),
    });
    const ended = viewers.exited.then((code) => {
      throw new Error(`the viewers ended with code ${code}: see ${viewers.ledgerFile}`);
    });
    ended.catch(() => undefined);
    await Promise.race([Promise.all([watch.run(firstMinute, minutes), chaos]), ended]);
    return await verify({ options, stack, viewers, output, signal }, watch.measured, await chaos);
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
