import type { Stack } from '../../stack/index.js';
import { startBare, startTracker, type MeasuredServer } from './measured-servers.js';
import type { TrackerBenchOptions } from './options.js';
import { runLoad, type Load, type LoadedServer } from './run-load.js';

export interface Comparison {
  readonly tracker: readonly LoadedServer[];
  readonly bare: readonly LoadedServer[];
}

export interface ComparisonOptions extends Pick<TrackerBenchOptions, 'runs' | 'cpuProf'> {
  readonly stack: Stack;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A tracker with more sockets than are ever used. */
const socketsMax = 19_500;

/**
 * Loads this tracker and a bare server in turns, each a process that lives through all of its runs.
 * `isFresh`: a new process for each run instead, so that none has memory left of the run before.
 */
export async function compare(
  load: Load,
  isFresh: boolean,
  { stack, runs, cpuProf: profileFolder, say, signal }: ComparisonOptions,
): Promise<Comparison> {
  const measured = { tracker: [] as LoadedServer[], bare: [] as LoadedServer[] };
  let tracker: MeasuredServer | undefined;
  let bare: MeasuredServer | undefined;
  try {
    for (let run = 1; run <= runs; run += 1) {
      tracker ??= await startTracker(stack, { socketsMax, profileFolder });
      const ours = await runLoad(tracker, load, signal);
      say(`run ${run}, tracker: ${lineOf(ours)}`);
      measured.tracker.push(ours);
      bare ??= await startBare(ours.answerBytes, ours.acknowledgedBytes);
      const least = await runLoad(bare, load, signal);
      say(`run ${run}, bare: ${lineOf(least)}`);
      measured.bare.push(least);
      if (!isFresh) continue;
      await tracker.stop();
      await bare.stop();
      tracker = bare = undefined;
    }
    return measured;
  } finally {
    await tracker?.stop();
    await bare?.stop();
  }
}

function lineOf(run: LoadedServer): string {
  const { sent, answered, acknowledged, cpuSeconds, seconds, bytesPerSocket, answerMs } = run;
  return (
    `${sent} announces, ${answered} answered, ${acknowledged} acknowledged in ` +
    `${seconds.toFixed(1)} s and ${cpuSeconds.toFixed(2)} CPU s ` +
    `(${Math.round(answered / cpuSeconds)} a CPU second), p99 ${answerMs.p99.toFixed(1)} ms, ` +
    `${(bytesPerSocket / 1_024).toFixed(1)} KB a socket, ` +
    `${run.answerBytes} + ${run.acknowledgedBytes} bytes ${run.failed.join('; ')}`
  );
}
