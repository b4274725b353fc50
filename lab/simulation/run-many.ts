import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { noFaults, faultKinds, type FaultCounts } from './faults.js';
import type { ProfileName } from './profiles.js';
import type { RunResult } from './run.js';

export interface RunManyOptions {
  readonly firstSeed: number;
  readonly seeds: number;
  /** Processes, each with one core's work. */
  readonly workers: number;
  /** All seeds with this profile; each with its own by default. */
  readonly profile: ProfileName | undefined;
  readonly onDifferent: (result: RunResult) => void;
}

export interface Summary {
  different: number;
  announces: number;
  acknowledged: number;
  minutes: number;
  /** Of the seed with the fewest. */
  resendingMin: number;
  minutesMin: number;
  readonly faults: FaultCounts;
}

/** What a worker is asked to run. */
export interface WorkerTask {
  readonly seed: number;
  readonly profile: ProfileName | undefined;
}

/** Most of what a run makes dies young. */
const youngGeneration = ['--max-semi-space-size=32'];

/** Runs seeds in worker processes, each the next one when it is ready. */
export async function runMany(options: RunManyOptions): Promise<Summary> {
  const summary: Summary = {
    different: 0,
    announces: 0,
    acknowledged: 0,
    minutes: 0,
    resendingMin: Infinity,
    minutesMin: Infinity,
    faults: noFaults(),
  };
  let nextSeed = options.firstSeed;
  const endSeed = options.firstSeed + options.seeds;
  const next = (): WorkerTask | undefined => {
    if (nextSeed >= endSeed) return undefined;
    nextSeed += 1;
    return { seed: nextSeed - 1, profile: options.profile };
  };
  const workers = Math.min(options.workers, options.seeds);
  await Promise.all(
    Array.from({ length: workers }, () =>
      work(next, (result) => {
        summary.announces += result.announces;
        summary.acknowledged += result.acknowledged;
        summary.minutes += result.minutes;
        summary.resendingMin = Math.min(summary.resendingMin, result.resending);
        summary.minutesMin = Math.min(summary.minutesMin, result.minutes);
        for (const kind of faultKinds) summary.faults[kind] += result.faults[kind];
        if (result.differences.length === 0) return;
        summary.different += 1;
        options.onDifferent(result);
      }),
    ),
  );
  return summary;
}

/** One worker process until there is nothing more to run. */
function work(
  next: () => WorkerTask | undefined,
  onResult: (result: RunResult) => void,
): Promise<void> {
  const worker = fork(join(import.meta.dirname, 'worker.js'), { execArgv: youngGeneration });
  const give = (to: ChildProcess): void => {
    const task = next();
    if (task === undefined) to.disconnect();
    else to.send(task);
  };
  return new Promise((resolve, reject) => {
    worker.on('message', (result) => {
      onResult(result as RunResult);
      give(worker);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a worker ended with code ${String(code)}`));
    });
    give(worker);
  });
}
