import { writeJsonFile } from '../../demo/json-file.js';
import { differenceLines } from '../../demo/report.js';
import { verifySpan, type Verified } from '../../hostile/verify.js';
import type { ProgramOutput } from '../../stack/index.js';
import { verdictLine } from '../rollup/report.js';
import { Audiences } from './audiences.js';
import { judge } from './judge.js';
import { graphiteDelays, untilMinute, type GraphiteDelays } from './minutes.js';
import type { CapacityBenchOptions } from './options.js';
import { partFigures, type Moments, type PartFigures } from './parts.js';
import { planCapacity, type CapacityPlan } from './plan.js';
import { openFilesMax, takeSnapshot } from './processes.js';
import { figureLines, jsonOf, partsTable, verdictsOf, type Measured } from './report.js';
import { lateMsOf, partsOf, startSystem, type CapacitySystem } from './system.js';

/** After which most of those who came have found their peers. */
const settlingAnnounces = 2;
/** After a minute can't change any more: the rollup writes it for the last time. */
const finalMsMax = 120_000;

interface Run {
  readonly options: CapacityBenchOptions;
  readonly plan: CapacityPlan;
  readonly system: CapacitySystem;
  readonly intervalMs: number;
  readonly output: ProgramOutput;
  readonly signal: AbortSignal;
}

/** Runs it on a stack of its own. True: every target is met. */
export async function runCapacity(
  options: CapacityBenchOptions,
  output: ProgramOutput,
  signal: AbortSignal,
): Promise<boolean> {
  const plan = planCapacity(options, openFilesMax());
  output.say(planLine(plan));
  const system = await startSystem(options, plan, output.say, signal);
  const { stack } = system;
  const intervalMs = options.intervalSeconds * 1_000;
  try {
    const measured = await measure({ options, plan, system, intervalMs, output, signal });
    const isGood = show(measured, output);
    if (options.json !== undefined) writeJsonFile(options.json, jsonOf(measured));
    if (!isGood) stack.keepLogs();
    return isGood;
  } catch (error) {
    if (!signal.aborted) stack.keepLogs();
    throw error;
  } finally {
    output.say('stopping');
    await stack.stop();
  }
}

function planLine({ trackers, socketsMax, haproxies, audiences }: CapacityPlan): string {
  const viewers = audiences.map((audience) => `${audience.viewers} ${audience.way}`).join(', ');
  return `${trackers} trackers of ${socketsMax} sockets, ${haproxies} HAProxies; viewers: ${viewers}`;
}

async function measure(run: Run): Promise<Measured> {
  const { options, plan, system, intervalMs, output, signal } = run;
  const empty = takeSnapshot();
  const startedAtMs = Date.now();
  output.say(`${options.viewers} viewers join, ${options.joinsPerSecond} a second`);
  const audiences = Audiences.start(system, options, plan);
  const ended = audiences.ended();
  ended.catch(() => undefined);
  try {
    await Promise.race([audiences.untilJoined(options, signal), ended]);
    const joined = takeSnapshot();
    const joinSeconds = (joined.atMs - empty.atMs) / 1_000;
    output.say(`all are there after ${Math.round(joinSeconds)} s`);
    const settledMs = settlingAnnounces * options.announceInterval * 1_000;
    const firstMinute = Math.ceil((Date.now() + settledMs) / intervalMs);
    const watched = watchMinutes(run, audiences, firstMinute, { empty, joined });
    const { parts, delays } = await Promise.race([watched, ended]);
    output.say('the viewers stop and wait for their last acknowledgements');
    await audiences.stop();
    const ledgerFiles = audiences.processes.map(({ ledgerFile }) => ledgerFile);
    const judged = await judge(system.stack, ledgerFiles, intervalMs, output.say, signal);
    const from = Math.floor(startedAtMs / intervalMs);
    return {
      options,
      joinSeconds,
      connectedMin: audiences.connectedMin,
      reconnects: audiences.sumOf('reconnects'),
      signals: audiences.sumOf('signalsReceived'),
      errors: audiences.errors(),
      parts,
      delays,
      judged,
      verified: await verify(run, from, firstMinute + options.minutes - 1),
    };
  } finally {
    await audiences.kill();
  }
}

/** What is taken, and how soon Graphite has each minute, from the first one's beginning on. */
async function watchMinutes(
  { options, plan, system, intervalMs, output, signal }: Run,
  audiences: Audiences,
  first: number,
  before: Pick<Moments, 'empty' | 'joined'>,
): Promise<{ readonly parts: readonly PartFigures[]; readonly delays: GraphiteDelays }> {
  const { minutes: count } = options;
  const streams = plan.audiences.flatMap((audience) => audience.streams);
  const asked = graphiteDelays(
    system.stack,
    { first, count, intervalMs, streams },
    (minute, delayMs) => output.say(`minute ${minute} is in Graphite after ${delayMs ?? '…'} ms`),
    signal,
  );
  asked.catch(() => undefined);
  await untilMinute(first, intervalMs, signal);
  audiences.watch();
  const begin = takeSnapshot();
  await untilMinute(first + count, intervalMs, signal);
  const end = takeSnapshot();
  audiences.unwatch();
  const pids = audiences.processes.map(({ pid }) => pid);
  const parts = partFigures(partsOf(system, options, pids), { ...before, begin, end });
  return { parts, delays: await asked };
}

async function verify(
  { system, options, intervalMs, output, signal }: Run,
  from: number,
  to: number,
): Promise<Verified | undefined> {
  output.say('verify, as soon as the last minute is final');
  const finalAtMs = (to + 1) * intervalMs + lateMsOf(options);
  return verifySpan(
    { ...system.stack, isAlone: true },
    [],
    { from, to },
    finalAtMs + finalMsMax,
    signal,
  );
}

function show(measured: Measured, { show }: ProgramOutput): boolean {
  const { judged } = measured;
  show(`\n${partsTable(measured.parts)}\n`);
  for (const line of figureLines(measured)) show(line);
  if (judged.differences > 0) {
    show(`\n${differenceLines({ count: judged.differences, first: judged.first })}`);
  }
  const verdicts = verdictsOf(measured);
  show('\ntargets');
  for (const verdict of verdicts) show(verdictLine(verdict));
  return verdicts.every(({ isMet }) => isMet);
}
