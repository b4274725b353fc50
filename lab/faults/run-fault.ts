import { join } from 'node:path';
import { LedgerTail, MinuteProbe } from '../oracle/index.js';
import { viewersProcess, type ViewersProcess } from '../viewers/index.js';
import { AppError } from '../../service/errors.js';
import type { StackProcess } from '../stack/index.js';
import type { Fault } from './catalogue.js';
import type { MeasuredFault } from './result.js';
import { intervalMs, load, loadMin } from './settings.js';
import { streamsOf } from './streams.js';
import { allServices, untilReady, type FaultSystem } from './system.js';

const joinMsMax = 60_000;
const joinPollMs = 100;
/** A machine that can't make the load in this time has too little of it, and its result says so. */
const loadMsMax = 20_000;
const steadyMs = 2_000;
/** From a fault on, and from its end on, until the minute must be in both sinks. */
const writtenMsMax = 120_000;
const readyMsMax = 60_000;

/**
 * A fault that the system has recovered from, as far as minutes flow again: nothing is compared
 * yet.
 */
export interface StruckFault {
  readonly measured: MeasuredFault;
  /** Still announcing, so that the next fault's viewers come into a system under load. */
  readonly viewers: ViewersProcess;
}

/**
 * Strikes once under the load of the fault's own viewers. `whileTheyCome` runs once these are
 * there, before the strike: the former fault's viewers leave, and what they wrote down is compared.
 */
export async function runFault(
  fault: Fault,
  system: FaultSystem,
  whileTheyCome: () => Promise<void>,
): Promise<StruckFault> {
  const tidyUp = await fault.prepare?.(system);
  const viewers = startViewers(fault, system);
  try {
    await untilJoined(viewers, system);
    await whileTheyCome();
    return { measured: await strikeUnder(viewers, fault, system), viewers };
  } catch (error) {
    viewers.kill();
    await viewers.exited;
    throw error;
  } finally {
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

async function strikeUnder(
  viewers: ViewersProcess,
  { name, what, hasTarget, awayMs = 0, strike }: Fault,
  system: FaultSystem,
): Promise<MeasuredFault> {
  const { signal, wait, say } = system;
  const tail = new LedgerTail(viewers.ledgerFile, intervalMs);
  const probe = new MinuteProbe(system.stack, tail, streamsOf({ name }), intervalMs, signal, say);
  const announcesPerSecond = await untilSteady(viewers, system);
  await untilMidMinute(wait);
  const before = pidsOf(system);
  const struckAtMs = Date.now();
  const acknowledgedBefore = viewers.status()?.acknowledged ?? 0;
  const firstWritten = probe.untilWritten(
    Math.floor(struckAtMs / intervalMs),
    struckAtMs + awayMs + writtenMsMax + joinMsMax,
  );
  firstWritten.catch(() => undefined);
  let notes: readonly string[];
  try {
    notes = await strike(system);
  } catch (error) {
    // The next fault needs everybody.
    await restartDead(before);
    throw error;
  }
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
  return {
    name,
    what,
    hasTarget,
    announcesPerSecond,
    announcesTaken,
    writtenAgainMs: writtenAtMs === undefined ? null : writtenAtMs - struckAtMs,
    awayMs: backAtMs - struckAtMs,
    writtenAfterBackMs: writtenAfterBackAtMs === undefined ? null : writtenAfterBackAtMs - backAtMs,
    durationMs: Date.now() - struckAtMs,
    died,
    notes,
  };
}

/** Resolves when nearly all are connected. */
async function untilJoined(viewers: ViewersProcess, { wait }: FaultSystem): Promise<void> {
  const endMs = Date.now() + joinMsMax;
  while ((viewers.status()?.connected ?? 0) < 0.9 * load.viewers) {
    if (Date.now() > endMs) throw new AppError('not_joined', 'the viewers did not get in');
    await wait(joinPollMs);
  }
}

/** Resolves with the announces a second, when there are enough or can't be made. */
async function untilSteady(viewers: ViewersProcess, { wait }: FaultSystem): Promise<number> {
  const endMs = Date.now() + loadMsMax;
  for (;;) {
    const sentBefore = viewers.status()?.sent ?? 0;
    const fromMs = Date.now();
    await wait(steadyMs);
    const sent = (viewers.status()?.sent ?? 0) - sentBefore;
    const announcesPerSecond = Math.round((sent * 1_000) / (Date.now() - fromMs));
    if (announcesPerSecond >= loadMin.announcesPerSecond || Date.now() >= endMs) {
      return announcesPerSecond;
    }
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

/**
 * Who ended without having been struck, or did not survive a pause; started again as a supervisor
 * would.
 */
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

/** True: came for a fault and goes with it, as trackers after the second do. */
function isGuest({ name }: StackProcess): boolean {
  return /^tracker-(?![12]$)/.test(name);
}
