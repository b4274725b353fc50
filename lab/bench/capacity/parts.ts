import type { ProcessFigures, Snapshot } from './processes.js';

/** Some processes of one kind, each with its workers. */
export interface Part {
  readonly name: string;
  readonly pids: readonly number[];
  /** Whom it has, or works for. */
  readonly viewers: number;
}

/** What a part took in the measured time. */
export interface PartFigures {
  readonly name: string;
  readonly processes: number;
  readonly viewers: number;
  /** Cores that it kept busy. */
  readonly cores: number;
  readonly viewersPerCore: number;
  /** From nobody's being there until all were: what one that comes takes, its negotiations too. */
  readonly cpuMsPerJoin: number;
  readonly residentBytes: number;
  /** By how much it has grown since nobody was there. */
  readonly bytesPerViewer: number;
}

/** The moments at which the machine was looked at. */
export interface Moments {
  /** Everything runs, and no viewer is there. */
  readonly empty: Snapshot;
  /** All are there. */
  readonly joined: Snapshot;
  /** The measured time's beginning and its end. */
  readonly begin: Snapshot;
  readonly end: Snapshot;
}

interface Sums {
  readonly processes: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

function sumsOf({ pids }: Part, processes: readonly ProcessFigures[]): Sums {
  const own = processes.filter(({ pid, group }) => pids.includes(pid) || pids.includes(group));
  return {
    processes: own.length,
    cpuSeconds: own.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    residentBytes: own.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
  };
}

/** The figures of each part, then of the whole machine with what belongs to none of them. */
export function partFigures(parts: readonly Part[], moments: Moments): readonly PartFigures[] {
  const { empty, joined, begin, end } = moments;
  const seconds = (end.atMs - begin.atMs) / 1_000;
  const ofParts = parts.map((part) => {
    const sumsAt = ({ processes }: Snapshot): Sums => sumsOf(part, processes);
    const [before, there, from, to] = [sumsAt(empty), sumsAt(joined), sumsAt(begin), sumsAt(end)];
    const cores = (to.cpuSeconds - from.cpuSeconds) / seconds;
    return {
      name: part.name,
      processes: to.processes,
      viewers: part.viewers,
      cores,
      viewersPerCore: part.viewers / cores,
      cpuMsPerJoin: ((there.cpuSeconds - before.cpuSeconds) * 1_000) / part.viewers,
      residentBytes: to.residentBytes,
      bytesPerViewer: (to.residentBytes - before.residentBytes) / part.viewers,
    };
  });
  return [...ofParts, machineOf(parts, moments, seconds, ofParts)];
}

function machineOf(
  parts: readonly Part[],
  { empty, joined, begin, end }: Moments,
  seconds: number,
  ofParts: readonly PartFigures[],
): PartFigures {
  const viewers = Math.max(...parts.map((part) => part.viewers));
  const cores = (end.machine.busySeconds - begin.machine.busySeconds) / seconds;
  const kernelBytes = end.machine.kernelBytes - empty.machine.kernelBytes;
  const sum = (value: (part: PartFigures) => number): number =>
    ofParts.reduce((total, part) => total + value(part), 0);
  const residentBytes = sum((part) => part.residentBytes) + end.machine.kernelBytes;
  return {
    name: 'the whole machine, with its kernel',
    processes: sum((part) => part.processes),
    viewers,
    cores,
    viewersPerCore: viewers / cores,
    cpuMsPerJoin: ((joined.machine.busySeconds - empty.machine.busySeconds) * 1_000) / viewers,
    residentBytes,
    bytesPerViewer: (sum((part) => part.bytesPerViewer * part.viewers) + kernelBytes) / viewers,
  };
}
