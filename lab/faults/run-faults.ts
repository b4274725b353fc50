import { writeFileSync } from 'node:fs';
import type { Difference } from '../oracle/index.js';
import type { ProgramOutput } from '../stack/index.js';
import { messageOf } from '../../service/errors.js';
import type { Fault } from './catalogue.js';
import { Comparisons } from './comparisons.js';
import type { FaultsOptions } from './options.js';
import { failuresOf, outcomeRow, tableHead, type Outcome } from './result.js';
import { runFault, type StruckFault } from './run-fault.js';
import { streamsOf } from './streams.js';
import { untilLastWriteMs } from './settings.js';
import { keepFolder, startSystem, type FaultSystem } from './system.js';

/** Runs the faults one after the other on one stack under load. True: all is as it should be. */
export async function runFaults(
  { faults, json, last }: FaultsOptions,
  { say, show }: ProgramOutput,
  signal: AbortSignal,
): Promise<boolean> {
  const startedAtMs = Date.now();
  const system = await startSystem(faults.flatMap(streamsOf), say, signal);
  const outcomes: Outcome[] = [];
  let differencesAtLast: number | null = null;
  const writeJson = (): void => {
    if (json === undefined) return;
    const durationMs = Date.now() - startedAtMs;
    const text = JSON.stringify({ outcomes, differencesAtLast, durationMs }, undefined, 2);
    writeFileSync(json, `${text}\n`);
  };
  const onOutcome = (outcome: Outcome): void => {
    outcomes.push(outcome);
    show(outcomeRow(outcome));
    if (!('reason' in outcome)) for (const each of outcome.firstDifferences) say(lineOf(each));
    if (failuresOf(outcome).length > 0) keepFolder();
    writeJson();
  };
  try {
    show(tableHead());
    const comparisons = new Comparisons(system, onOutcome);
    await strikeAll(faults, system, comparisons, onOutcome);
    await comparisons.finish();
    const isWhole = outcomes.every(
      (outcome) => !('reason' in outcome) || outcome.kind !== 'broken',
    );
    if (last) {
      say(`waiting ${untilLastWriteMs / 1_000} s until all minutes are final`);
      await system.wait(untilLastWriteMs);
      const differences = await comparisons.again(isWhole);
      differencesAtLast = differences.count;
      for (const each of differences.first) say(lineOf(each));
    }
    writeJson();
    if ((differencesAtLast ?? 0) > 0) keepFolder();
    show(`\n${closingLine(outcomes, differencesAtLast, Date.now() - startedAtMs)}`);
    return (
      (differencesAtLast ?? 0) === 0 && outcomes.every((each) => failuresOf(each).length === 0)
    );
  } finally {
    say('stopping');
    await system.stop();
  }
}

/** A fault's viewers go when those of the next have come, so the load never ends in between. */
async function strikeAll(
  faults: readonly Fault[],
  system: FaultSystem,
  comparisons: Comparisons,
  onOutcome: (outcome: Outcome) => void,
): Promise<void> {
  let former: StruckFault | undefined;
  const release = async (): Promise<void> => {
    if (former === undefined) return;
    const leaving = former;
    former = undefined;
    const { name, what } = leaving.measured;
    try {
      await leaving.viewers.stop();
      comparisons.add(leaving);
    } catch (error) {
      onOutcome({ name, what, kind: 'broken', reason: messageOf(error) });
    }
  };
  try {
    for (const fault of faults) {
      const { name, what } = fault;
      const reason = fault.unavailable?.(system);
      if (reason !== undefined) {
        onOutcome({ name, what, kind: 'skipped', reason });
        continue;
      }
      system.say(`--- ${name}: ${what}`);
      try {
        former = await runFault(fault, system, async () => {
          await Promise.all([comparisons.tryAll(), release()]);
        });
      } catch (error) {
        system.signal.throwIfAborted();
        onOutcome({ name, what, kind: 'broken', reason: messageOf(error) });
      }
    }
    await release();
  } finally {
    former?.viewers.kill();
    await former?.viewers.exited;
  }
}

function lineOf({ where, what, expected, got }: Difference): string {
  return `  ${where}: ${what}: expected ${expected}, got ${got}`;
}

function closingLine(
  outcomes: readonly Outcome[],
  differencesAtLast: number | null,
  durationMs: number,
): string {
  const results = outcomes.flatMap((outcome) => ('reason' in outcome ? [] : [outcome]));
  const differences = results.reduce((sum, result) => sum + result.differences, 0);
  const atLast =
    differencesAtLast === null
      ? ''
      : `, ${differencesAtLast} at last, with every minute final and written a last time`;
  const failed = outcomes.filter((outcome) => failuresOf(outcome).length > 0);
  const failures =
    failed.length === 0 ? '' : `; failed: ${failed.map(({ name }) => name).join(', ')}`;
  return (
    `${results.length} of ${outcomes.length} faults in ${(durationMs / 60_000).toFixed(1)} minutes: ` +
    `${differences} differences${atLast}${failures}`
  );
}
