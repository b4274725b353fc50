import type { Stack } from '../../stack/index.js';
import type { ServerName } from './load/plan.js';
import {
  startBare,
  startBareTorrent,
  startBittorrent,
  startTracker,
  type MeasuredServer,
} from './measured-servers.js';
import type { TrackerBenchOptions } from './options.js';
import { runLoad, type Load, type LoadedServer } from './run-load.js';

/** The runs of each server, in the order in which they took turns. */
export type Comparison = ReadonlyMap<ServerName, readonly LoadedServer[]>;

export interface ComparisonOptions extends Pick<TrackerBenchOptions, 'runs' | 'cpuProf'> {
  readonly stack: Stack;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A tracker with more sockets than are ever used. */
const socketsMax = 19_500;

/** `ours`: what this tracker's run before was like. */
type Start = (ours: LoadedServer | undefined) => Promise<MeasuredServer>;

/** The servers that a load is for, in the order in which they take turns. */
function serversFor(
  { dialect }: Load,
  { stack, cpuProf: profileFolder }: ComparisonOptions,
): readonly (readonly [ServerName, Start])[] {
  const tracker = (): Promise<MeasuredServer> => startTracker(stack, { socketsMax, profileFolder });
  const bare: Start = (ours) => startBare(ours?.answerBytes ?? 0, ours?.acknowledgedBytes ?? 0);
  return dialect === 'viblast'
    ? [
        ['tracker', tracker],
        ['bare', bare],
      ]
    : [
        ['tracker', tracker],
        ['bittorrent', startBittorrent],
        ['bare', startBareTorrent],
      ];
}

/**
 * Loads this tracker and others in turns, each a process that lives through all of its runs.
 * `isFresh`: a new process for each run instead, so that none has memory left of the run before.
 */
export async function compare(
  load: Load,
  isFresh: boolean,
  options: ComparisonOptions,
): Promise<Comparison> {
  const { runs, say, signal } = options;
  const measured = new Map<ServerName, LoadedServer[]>();
  const running = new Map<ServerName, MeasuredServer>();
  const stopAll = async (): Promise<void> => {
    await Promise.all([...running.values()].map((server) => server.stop()));
    running.clear();
  };
  try {
    for (let run = 1; run <= runs; run += 1) {
      for (const [name, start] of serversFor(load, options)) {
        const server = running.get(name) ?? (await start(measured.get('tracker')?.at(-1)));
        running.set(name, server);
        const loaded = await runLoad(server, load, signal);
        say(`run ${run}, ${name}: ${lineOf(loaded)}`);
        measured.set(name, [...(measured.get(name) ?? []), loaded]);
      }
      if (isFresh) await stopAll();
    }
    return measured;
  } finally {
    await stopAll();
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
