import { join } from 'node:path';
import {
  compareUntilEqual,
  readLedgerFiles,
  viewersProcess,
  type Comparison,
  type SinkOptions,
  type ViewersProcess,
} from '../bench/viewers/index.js';
import { AppError } from '../service/errors.js';
import type { StackProcess } from '../stack/index.js';
import type { Fault } from './catalogue.js';
import { LedgerTail } from './ledger-tail.js';
import { graphitePrefix, MinuteProbe } from './minute-probe.js';
import type { FaultResult } from './result.js';
import { intervalMs, load, loadMin } from './settings.js';
import { allServices, untilReady, type FaultSystem } from './system.js';

const joinMsMax = 60_000;
/** A machine that can't make the load in this time has too little of it, and its result says so. */
const loadMsMax = 20_000;
const steadyMs = 2_000;
/** From a fault on, and from its end on, until the minute must be in both sinks. */
const writtenMsMax = 120_000;
const settleMsMax = 90_000;
const readyMsMax = 60_000;

/** The two streams of a fault's viewers; nobody else has any. */
export function streamsOf(fault: Pick<Fault, 'name'>): readonly string[] {
  return [`${fault.name}-1`, `${fault.name}-2`];
}

/** What a fault's run leaves: its result, and what has to be in the sinks for good. */
export interface FaultRun {
  readonly result: FaultResult;
  readonly sinks: SinkOptions;
  readonly cells: Comparison['cells'];
}

/** Strikes once under load and compares the minutes with what the viewers wrote down. */
export async function runFault(fault: Fault, system: FaultSystem): Promise<FaultRun> {
  const startedAtMs = Date.now();
  const tidyUp = await fault.prepare?.(system);
  const viewers = startViewers(fault, system);
  try {
    return await runWith(fault, system, viewers, startedAtMs);
  } finally {
    viewers.kill();
    await viewers.exited;
    await tidyUp?.();
  }
}

function startViewers(fault: Fault, { stack }: FaultSystem): ViewersProcess {
  return viewersProcess({
    ...load,
    ws: stack.haproxy.ws,
    streams: streamsOf(fault).map((key) => ({ key, renditions: [] })),
    seed: 7,
    ledgerFile: join(stack.folder, `${fault.name}-${Date.now()}.jsonl`),
  });
}

async function runWith(
  fault: Fault,
  system: FaultSystem,
  viewers: ViewersProcess,
  startedAtMs: number,
): Promise<FaultRun> {
  const { signal, say, wait, stack } = system;
  const tail = new LedgerTail(viewers.ledgerFile, intervalMs);
  const probe = new MinuteProbe(stack, tail, streamsOf(fault), intervalMs, signal);
  const announcesPerSecond = await untilSteady(viewers, probe, system);
  await untilMidMinute(wait);
  const before = pidsOf(system);
  const struckAtMs = Date.now();
  const acknowledgedBefore = viewers.status()?.acknowledged ?? 0;
  const firstWritten = probe.untilWritten(
    Math.floor(struckAtMs / intervalMs),
    struckAtMs + writtenMsMax + joinMsMax,
  );
  const notes = [...(await fault.strike(system))];
  const backAtMs = Date.now();
  const lastWritten = probe.untilWritten(
    Math.floor(backAtMs / intervalMs),
    backAtMs + writtenMsMax,
  );
  const [writtenAtMs, writtenAfterBackAtMs] = await Promise.all([firstWritten, lastWritten]);
  const announcesTaken = (viewers.status()?.acknowledged ?? 0) - acknowledgedBefore;
  const died = await restartDead(before);
  await untilReady(
    allServices(system).filter(({ pid }) => isAlive(pid)),
    system,
    readyMsMax,
  );
  say('the viewers stop');
  await viewers.stop();
  const ledger = await readLedgerFiles([viewers.ledgerFile]);
  const sinks: SinkOptions = {
    intervalMs,
    clickHouse: stack.clickhouse,
    graphiteUrl: stack.graphite.render,
    graphitePrefix,
    withTotal: true,
  };
  const comparison = await compareUntilEqual(
    { ...sinks, ledger, renditions: new Map() },
    settleMsMax,
    signal,
  );
  const { acknowledged, refused, unknown, resent } = ledger.totals();
  const result: FaultResult = {
    name: fault.name,
    what: fault.what,
    hasTarget: fault.hasTarget,
    announcesPerSecond,
    acknowledged,
    refused,
    unknown,
    resent,
    announcesTaken,
    minutesCompared: new Set(comparison.cells.map(({ minute }) => minute)).size,
    valuesCompared: comparison.values,
    differences: comparison.differences.count,
    firstDifferences: comparison.differences.first,
    writtenAgainMs: writtenAtMs === undefined ? null : writtenAtMs - struckAtMs,
    awayMs: backAtMs - struckAtMs,
    writtenAfterBackMs: writtenAfterBackAtMs === undefined ? null : writtenAfterBackAtMs - backAtMs,
    durationMs: Date.now() - startedAtMs,
    died,
    notes,
  };
  return { result, sinks, cells: comparison.cells };
}

/** Resolves when the load flows and a minute of it has been written: announces a second. */
async function untilSteady(
  viewers: ViewersProcess,
  probe: MinuteProbe,
  { wait }: FaultSystem,
): Promise<number> {
  const endMs = Date.now() + loadMsMax;
  for (;;) {
    const sentBefore = viewers.status()?.sent ?? 0;
    const fromMs = Date.now();
    await wait(steadyMs);
    const sent = (viewers.status()?.sent ?? 0) - sentBefore;
    const announcesPerSecond = Math.round((sent * 1_000) / (Date.now() - fromMs));
    const isSteady = announcesPerSecond >= loadMin.announcesPerSecond;
    if (!isSteady && Date.now() < endMs) continue;
    const minute = Math.floor(fromMs / intervalMs);
    if ((await probe.untilWritten(minute, Date.now() + joinMsMax)) !== undefined) {
      return announcesPerSecond;
    }
    throw new AppError('not_steady', 'no minute was written before the fault');
  }
}

async function untilMidMinute(wait: FaultSystem['wait']): Promise<void> {
  const sinceMiddleMs = (Date.now() + intervalMs / 2) % intervalMs;
  await wait(intervalMs - sinceMiddleMs);
}

function pidsOf({ stack }: FaultSystem): ReadonlyMap<StackProcess, number> {
  const { kafka, clickhouse, graphite, haproxy, trackers, rollups, ingests } = stack;
  const servers = [...kafka.processes, clickhouse.process, graphite.carbon, graphite.web];
  const all = [...servers, haproxy.process, ...trackers, ...rollups, ...ingests];
  return new Map(all.filter(({ pid }) => isAlive(pid)).map((process) => [process, process.pid]));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Who ended without having been struck, or did not survive a pause; started again as a supervisor would. */
async function restartDead(before: ReadonlyMap<StackProcess, number>): Promise<readonly string[]> {
  const died: string[] = [];
  for (const [process, pid] of before) {
    // A fault's own guest, who was told to go: it isn't started again.
    if (isAlive(process.pid) || isGuest(process)) continue;
    died.push(`${process.name} (pid ${pid}) ended with code ${await process.exited}`);
    await process.start();
  }
  return died;
}

/** Trackers after the second come for a fault and go with it. */
function isGuest({ name }: StackProcess): boolean {
  return /^tracker-(?![12]$)/.test(name);
}
