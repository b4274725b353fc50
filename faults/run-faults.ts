import { writeFileSync } from 'node:fs';
import { compareMinutes } from '../bench/viewers/index.js';
import { messageOf } from '../service/errors.js';
import type { FaultsOptions } from './options.js';
import { failuresOf, outcomeLine, resultTable, type Outcome } from './result.js';
import { runFault, streamsOf, type FaultRun } from './run-fault.js';
import { untilLastWriteMs } from './settings.js';
import { keepFolder, startSystem, type FaultSystem } from './system.js';

export interface FaultsOutput {
  /** What is being done, a line each. */
  readonly say: (line: string) => void;
  /** The results. */
  readonly show: (line: string) => void;
}

/** Runs the faults one after the other on one stack: true when all is as it should be. */
export async function runFaults(
  { faults, json, last }: FaultsOptions,
  { say, show }: FaultsOutput,
  signal: AbortSignal,
): Promise<boolean> {
  const system = await startSystem(faults.flatMap(streamsOf), say, signal);
  const outcomes: Outcome[] = [];
  const runs: FaultRun[] = [];
  try {
    for (const fault of faults) {
      const { name, what } = fault;
      const reason = fault.unavailable?.(system);
      if (reason !== undefined) outcomes.push({ name, what, kind: 'skipped', reason });
      else {
        say(`--- ${name}: ${what}`);
        try {
          const run = await runFault(fault, system);
          runs.push(run);
          outcomes.push(run.result);
        } catch (error) {
          signal.throwIfAborted();
          outcomes.push({ name, what, kind: 'broken', reason: messageOf(error) });
        }
      }
      const outcome = outcomes.at(-1);
      if (outcome === undefined) continue;
      show(outcomeLine(outcome));
      for (const line of differenceLines(outcome)) show(line);
      if (failuresOf(outcome).length > 0) keepFolder();
      writeJson(json, outcomes);
    }
    const differencesAtLast = last && runs.length > 0 ? await compareAtLast(runs, system, show) : 0;
    show(resultTable(outcomes));
    writeJson(json, outcomes, differencesAtLast);
    if (differencesAtLast > 0) keepFolder();
    return differencesAtLast === 0 && outcomes.every((each) => failuresOf(each).length === 0);
  } finally {
    say('stopping');
    await system.stop();
  }
}

/** After each fault, so that a run that is broken off leaves what it has found. */
function writeJson(
  path: string | undefined,
  outcomes: readonly Outcome[],
  differencesAtLast: number | null = null,
): void {
  if (path === undefined) return;
  writeFileSync(path, `${JSON.stringify({ outcomes, differencesAtLast }, undefined, 2)}\n`);
}

function differenceLines(outcome: Outcome): readonly string[] {
  if ('reason' in outcome) return [];
  return outcome.firstDifferences.map(
    ({ where, what, expected, got }) => `  ${where}: ${what}: expected ${expected}, got ${got}`,
  );
}

/**
 * Compares the minutes of all faults once more, when each is final and written a last time: nobody may have
 * overwritten a good value since.
 */
async function compareAtLast(
  runs: readonly FaultRun[],
  { say, wait }: FaultSystem,
  show: (line: string) => void,
): Promise<number> {
  say(`waiting ${untilLastWriteMs / 1_000} s until all minutes are final`);
  await wait(untilLastWriteMs);
  let count = 0;
  for (const { result, sinks, cells } of runs) {
    const differences = await compareMinutes(cells, streamsOf(result), sinks);
    count += differences.count;
    if (differences.count === 0) continue;
    show(`${result.name}: ${differences.count} differences at last`);
    for (const { where, what, expected, got } of differences.first) {
      show(`  ${where}: ${what}: expected ${expected}, got ${got}`);
    }
  }
  show(`at last, with every minute final: ${count} differences`);
  return count;
}
